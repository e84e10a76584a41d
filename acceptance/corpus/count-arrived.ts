import { createHash } from "node:crypto";

import * as fc from "fast-check";
import { expect } from "vitest";

import { parseQuery } from "../../corpus/decoded-query.ts";
import {
  mayHaveDotSegment,
  mayHaveManyReadings,
  meantRequest,
  type Meant,
} from "./meant-request.ts";
import type { Echo } from "./outcome.ts";

/**
 * Sends what a client may mean, and expects the backend to see that.
 *
 * @param numRuns how many requests, with a new seed, printed.
 * @param ask resolves to what the backend saw, or who refused it and why.
 * @returns how many arrived; the others were refused as they should.
 */
export async function countArrived(
  numRuns: number,
  ask: (meant: Meant) => Promise<Echo | string>,
): Promise<number> {
  const seed = Date.now() % 2_147_483_647;
  console.log(`seed ${seed}, ${numRuns} requests`);
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
  const [sent = ""] = request.target.split("?");
  const path = sent.replace(/["<>[\]^`{|}]/g, encodeURIComponent);
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
