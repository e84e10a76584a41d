import { randomBytes } from "node:crypto";

import type { EdgeFunction } from "@sst-gatehouse/local/test/chain-in-process";

import { type GuardedChain, startGuardedChain } from "../acceptance/corpus/guard-in-process.ts";
import type { CorpusRequest } from "../corpus/read-corpus.ts";
import { shuffled } from "./ratios.ts";

/** Milliseconds of the processor per request, one value for each round. */
export interface EndToEnd {
  /** The request, in a few words. */
  readonly what: string;
  readonly guard: readonly number[];
  /** An edge function that only passes on: what it returns was signed before. */
  readonly pass: readonly number[];
}

const requestsInRound = 30;
const warmUpRounds = 5;

/** As large as CloudFront shows a body. */
const upload = randomBytes(950_000);

const requests: Readonly<Record<string, Pick<CorpusRequest, "method" | "target" | "body">>> = {
  GET: { method: "GET", target: "/echo/reports?page=2", body: undefined },
  "POST of 0.95 MB": { method: "POST", target: "/echo/reports", body: upload },
};

/**
 * Sends requests again and again through the local stack's CloudFront, an edge function and the Function URL's own checks,
 * in this process.
 *
 * @throws {Error} (rejects) when a request does not arrive.
 */
export async function measureEndToEnd(rounds: number): Promise<readonly EndToEnd[]> {
  const guarded = await startGuardedChain();
  try {
    const measured: EndToEnd[] = [];
    for (const [what, request] of Object.entries(requests))
      measured.push({ what, ...(await measureRequest(guarded, request, rounds)) });
    return measured;
  } finally {
    await guarded.close();
  }
}

async function measureRequest(
  { chain, guard, authorization }: GuardedChain,
  asked: Pick<CorpusRequest, "method" | "target" | "body">,
  rounds: number,
): Promise<Omit<EndToEnd, "what">> {
  const request: CorpusRequest = {
    ...asked,
    headers: [["Accept", "application/json"], authorization],
    chunked: false,
  };
  let signed: unknown;
  const keep: EdgeFunction = async (event) => (signed = await guard(event));
  const pass: EdgeFunction = async (event) => {
    // As the guard is handed its event.
    JSON.parse(JSON.stringify(event));
    return signed;
  };
  const send = async (edge: EdgeFunction): Promise<number> => {
    const start = process.cpuUsage();
    for (let sent = 0; sent < requestsInRound; sent += 1) {
      const { kind } = await chain.send(edge, request);
      if (kind !== "arrived") throw new Error("a request did not arrive");
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / requestsInRound;
  };
  await send(keep);
  const measured = { guard: [] as number[], pass: [] as number[] };
  const functions = { guard, pass };
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    for (const name of shuffled(["guard", "pass"] as const)) {
      const each = await send(functions[name]);
      if (round >= warmUpRounds) measured[name].push(each);
    }
  }
  return measured;
}
