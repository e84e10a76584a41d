import { createRequire } from "node:module";
import { join } from "node:path";

import { writeSealing, writeSettings } from "@sst-gatehouse/edge/build/guard-data";
import type { OriginRequestHandler } from "@sst-gatehouse/edge/origin-request";
import { guardSettings } from "@sst-gatehouse/edge/test/events";
import { sealing } from "@sst-gatehouse/edge/test/test-browser";
import { shuffled } from "../ratios.ts";
import { createCases } from "./cases.ts";
import { warmCases, type WarmCase, type WarmMeasurements } from "./measurements.ts";

/** Long enough for the clock, short enough that a round is over before the machine changes its mind. */
const sampleMs = 6;
const warmUpMs = 600;

const [directory = "", rounds = ""] = process.argv.slice(2);
await writeSettings(directory, guardSettings);
await writeSealing(directory, sealing);
const { handler }: { handler: OriginRequestHandler } = createRequire(import.meta.url)(
  join(directory, "lambda.cjs"),
);
const cases = await createCases(handler);

const callsPerSample = new Map<WarmCase, number>();
for (const name of warmCases) callsPerSample.set(name, await warmUp(name));

const measured: Record<WarmCase, number[]> = {
  "rsa verify": [],
  F1: [],
  "sha-256 of 1 MB": [],
  "new token": [],
  "known token": [],
  session: [],
  "1 MB body": [],
  "expired token": [],
  "garbage token": [],
  "hostile path": [],
};
for (let round = 0; round < Number(rounds); round += 1) {
  for (const name of shuffled(warmCases)) {
    const calls = callsPerSample.get(name) ?? 1;
    measured[name].push((await time(name, calls)) / calls);
  }
}
process.send?.(measured satisfies WarmMeasurements);

async function warmUp(name: WarmCase): Promise<number> {
  let calls = 1;
  let perCall = 0;
  for (let spent = 0; spent < warmUpMs;) {
    const elapsed = await time(name, calls);
    spent += elapsed;
    perCall = elapsed / calls;
    calls = Math.max(1, Math.round(sampleMs / perCall));
  }
  return calls;
}

async function time(name: WarmCase, calls: number): Promise<number> {
  const run = cases[name](calls);
  const start = performance.now();
  const running = run();
  if (running !== undefined) await running;
  return performance.now() - start;
}
