import { expect, test } from "vitest";

import { afterAnswer } from "./after-answer.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("work starts once everything of its turn is done, promises too", async () => {
  const order: string[] = [];
  const answer = (async () => {
    afterAnswer(async () => order.push("work"));
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    order.push("answer");
  })();
  await answer;
  expect(order).toEqual(["answer"]);
  await turn();
  expect(order).toEqual(["answer", "work"]);
});

test("work that fails is nobody's fault any more", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  afterAnswer(() => Promise.reject(new RangeError("away")));
  await turn();
  await turn();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
