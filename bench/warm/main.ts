import { createRequire } from "node:module";
import { join } from "node:path";

import { writeSealing, writeSettings } from "@sst-gatehouse/edge/build/guard-data";
import type { OriginRequestHandler } from "@sst-gatehouse/edge/origin-request";
import { guardSettings } from "@sst-gatehouse/edge/test/events";
import { sealing } from "@sst-gatehouse/edge/test/test-browser";
import { median, shuffled } from "../ratios.ts";
import { bundleOf, peerNames } from "../peers/build-peers.ts";
import { createCases } from "./cases.ts";
import { warmCases, type WarmCase } from "./measurements.ts";

/** Long enough for the clock, short enough that a round is over before the machine changes its mind. */
const sampleMs = 6;
const warmUpMs = 300;

const [directory = "", rounds = ""] = process.argv.slice(2);
await writeSettings(directory, guardSettings);
await writeSealing(directory, sealing);
await writeSettings(join(directory, "peers"), guardSettings);
const load = (file: string): OriginRequestHandler => createRequire(import.meta.url)(file).handler;
const cases = await createCases(
  load(join(directory, "lambda.cjs")),
  new Map(peerNames.map((name) => [name, load(bundleOf(join(directory, "peers"), name))])),
);

const callsPerSample = new Map<WarmCase, number>();
for (const name of warmCases) callsPerSample.set(name, await warmUp(name));

const measured = new Map<WarmCase, number[]>(warmCases.map((name) => [name, []]));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const name of shuffled(warmCases)) {
    const calls = callsPerSample.get(name) ?? 1;
    measured.get(name)?.push((await time(name, calls)) / calls);
  }
}
if (middle("new token") < middle("rsa verify"))
  throw new Error("tokens that nobody should have known were remembered");
process.send?.(Object.fromEntries(measured));

function middle(name: WarmCase): number {
  return median(measured.get(name) ?? []);
}

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

/** Of the processor, which is what a function's share of one has to do: other people's load on the machine is left out. */
async function time(name: WarmCase, calls: number): Promise<number> {
  const run = cases.get(name)?.(calls);
  const start = process.cpuUsage();
  const running = run?.();
  if (running !== undefined) await running;
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
