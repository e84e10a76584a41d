import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { parseQuery } from "../corpus/decoded-query.ts";
import { startGuardedChain, type GuardedChain } from "./corpus/guard-in-process.ts";
import {
  mayHaveDotSegment,
  mayHaveManyReadings,
  meantRequest,
  type Meant,
} from "./corpus/meant-request.ts";
import { echoOf, type Echo } from "./corpus/outcome.ts";
import { sendRaw } from "./corpus/raw-client.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";

const seed = Date.now() % 2_147_483_647;
const inProcess = 20_000;
const overTheWire = 300;

let target: Target;
let guarded: GuardedChain;
beforeAll(async () => {
  target = loadTarget();
  guarded = await startGuardedChain();
});
afterAll(() => guarded.close());

describe("without sockets", () => {
  needs("no chain");

  test("whatever a client means, the signature is right and the backend sees it", async () => {
    console.log(`seed ${seed}, ${inProcess} requests`);
    const arrived = await countArrived(inProcess, async ({ request }) => {
      const headers = [...request.headers, guarded.authorization];
      const outcome = await guarded.chain.send(guarded.guard, { ...request, headers });
      if (outcome.kind === "arrived") return echoOf(outcome.event);
      return `${outcome.by} ${outcome.code ?? outcome.reason}`;
    });
    expect(arrived).toBeGreaterThan(inProcess * 0.9);
  }, 240_000);
});

test("whatever a client means over the wire, the backend sees it", async () => {
  console.log(`seed ${seed}, ${overTheWire} requests`);
  const token = ["Authorization", `Bearer ${target.tokens.access}`] as const;
  const arrived = await countArrived(overTheWire, async ({ request }) => {
    // HEAD would be answered without a body to look into.
    const method = request.method === "HEAD" ? "GET" : request.method;
    const { status, body } = await sendRaw(target.appUrl, { ...request, method }, [token]);
    const answer = JSON.parse(body.toString("utf8"));
    if (status === 200) return { ...answer, method: request.method };
    return `guard ${answer.code}`;
  });
  expect(arrived).toBeGreaterThan(overTheWire * 0.9);
}, 120_000);

/** @param ask resolves to what the backend saw, or who refused it and why. */
async function countArrived(
  numRuns: number,
  ask: (meant: Meant) => Promise<Echo | string>,
): Promise<number> {
  let arrived = 0;
  const property = fc.asyncProperty(meantRequest, async (meant) => {
    const seen = await ask(meant);
    if (typeof seen !== "string") arrived += 1;
    const { target: path } = meant.request;
    if (seen === "guard path_malformed" && mayHaveDotSegment(path)) return;
    if (seen === "guard path_ambiguous" && mayHaveManyReadings(path)) return;
    expect(typeof seen === "string" ? seen : seenMeaning(seen)).toEqual(meaningOf(meant));
  });
  await fc.assert(property, { seed, numRuns });
  return arrived;
}

function meaningOf({ request, segments, pairs, header }: Meant) {
  const [path = ""] = request.target.split("?");
  const { method, body = Buffer.alloc(0) } = request;
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { method, path, segments, pairs, header, body: { sha256, bytes: body.length } };
}

function seenMeaning({ method, path, query, headers, body }: Echo): ReturnType<typeof meaningOf> {
  // What the path means: its segments, decoded once.
  const segments = path.split("/").slice(2).map(decodeURIComponent);
  return {
    method,
    path,
    segments,
    pairs: parseQuery(query),
    header: headers["x-meant"] ?? "",
    body,
  };
}
