import { beforeAll, describe, expect, test } from "vitest";

import { arrivedOutcome, meantOutcome, type Echo, type Outcome } from "./corpus/outcome.ts";
import type { RawAnswer } from "./corpus/raw-answer.ts";
import { sendRaw } from "./corpus/raw-client.ts";
import { readCorpus, topics, type CorpusCase } from "../corpus/read-corpus.ts";
import { isStack, loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

const corpus = readCorpus();

describe.each(topics)("the wire corpus, %s", (topic) => {
  const cases = corpus.filter((one) => one.topic === topic);

  test.for(cases)("$name", async (one, { skip }) => {
    // Behind one of AWS's names there may be AWS, or a stack that stands in for it.
    skip(
      !isStack(target) && one.differs.aws4 !== undefined,
      "a deployed stage may be judged by aws4, or not",
    );
    const token = ["Authorization", `Bearer ${target.tokens.access}`] as const;
    const answer = await sendRaw(target.appUrl, one.request, [token]);
    expect(outcomeOf(answer, one)).toEqual(meantOutcome(one));
  });
});

function outcomeOf({ status, headers, body }: RawAnswer, one: CorpusCase): Outcome {
  const { expected, request } = one;
  if (status === 200) {
    // An answer to HEAD has no body to look into; that it was let in is all there is to see here.
    if (request.method === "HEAD") return meantOutcome(one);
    const echo: Echo = JSON.parse(body.toString("utf8"));
    return arrivedOutcome(echo, expected);
  }
  const valueOf = (name: string) => headers.find(([key]) => key === name)?.[1];
  const isOurs = valueOf("content-type") === "application/problem+json";
  if (!isOurs && expected.mayStopBefore && status === 400) return meantOutcome(one);
  return {
    kind: "refused",
    by: isOurs ? "guard" : valueOf("x-amzn-requestid") === undefined ? "cloudfront" : "lambda",
    status,
    code: isOurs ? JSON.parse(body.toString("utf8")).code : undefined,
  };
}
