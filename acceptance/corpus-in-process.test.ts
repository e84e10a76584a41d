import { describe, expect, test } from "vitest";

import { guardedChainOfFile } from "./corpus/guarded-chain.ts";
import { arrivedOutcome, echoOf, meantOutcome } from "./corpus/outcome.ts";
import { readCorpus, topics } from "../corpus/read-corpus.ts";
import { needs } from "./support/requirements.ts";

needs("no chain");

const guardedChain = guardedChainOfFile();

/** What an HTTP parser refuses cannot be without one. */
const corpus = readCorpus().filter(
  ({ expected }) =>
    !(expected.kind === "refused" && expected.by === "cloudfront" && expected.status === 400),
);

describe.each(topics)("the wire corpus without sockets, %s", (topic) => {
  const cases = corpus.filter((one) => one.topic === topic);

  test.each(cases)("$name", async (one) => {
    const guarded = await guardedChain();
    const headers = [...one.request.headers, guarded.authorization];
    const sent = await guarded.chain.send(guarded.guard, { ...one.request, headers });
    const outcome =
      sent.kind === "arrived"
        ? arrivedOutcome(echoOf(sent.event), one.expected)
        : { kind: "refused", by: sent.by, status: sent.status, code: sent.code };
    expect(outcome).toEqual(meantOutcome(one));
  });
});
