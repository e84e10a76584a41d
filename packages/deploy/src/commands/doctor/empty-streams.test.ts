import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";

import { probeEmptyStream } from "./empty-streams.ts";

const hangs =
  /^this account hangs on empty streams: set streaming: "never-empty" .*docs\/http\.md#answers-without-a-body\)$/;

let giveUp: AbortController;
let timeout: MockInstance<typeof AbortSignal.timeout>;
beforeEach(() => {
  giveUp = new AbortController();
  timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(giveUp.signal);
});
afterEach(() => void vi.restoreAllMocks());

test.each([200, 204, 302, 404])("an answer with status %i came", async (status) => {
  expect(await probeEmptyStream(async () => status)).toBeUndefined();
  expect(timeout).toHaveBeenCalledWith(10_000);
});

test("an answer that does not come in time hangs", async () => {
  const asked = probeEmptyStream(
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("gave up")));
      }),
  );
  giveUp.abort();
  expect(await asked).toMatch(hangs);
});

test("an answer for which CloudFront waited in vain hangs", async () => {
  expect(await probeEmptyStream(async () => 504)).toMatch(hangs);
});

test("a request that fails by itself says nothing about the account", async () => {
  const asked = probeEmptyStream(() => Promise.reject(new Error("no such host")));
  await expect(asked).rejects.toThrow("no such host");
});
