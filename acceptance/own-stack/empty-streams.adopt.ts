import { describe, expect, test } from "vitest";

import { runSuite } from "../support/child-run.ts";
import { startOwnStack } from "./own-stack.ts";

const emptyFile = "an empty file";

describe("in an account that hangs on empty streams, the acceptance suite", () => {
  test("says what is the matter, and what to set", async () => {
    const { target, lines } = await startOwnStack({ account: ["hangs-on-empty"] });
    const { code, failed, passed, output } = await runSuite(target, ["empty-answers"]);
    const ends = "an answer without a body comes to its end:";
    expect({ code, failed, passed }).toEqual({
      code: 1,
      failed: ["HEAD", "a redirect", "204", emptyFile].map((what) => `${ends} ${what}`),
      passed: [],
    });
    expect(output).toContain("this account hangs on empty streams: set streaming: ");
    expect(lines).toContainEqual(
      expect.stringMatching(/^function-url: GET \/empty\/302: the answer has no body, and in this/),
    );
  });

  test("passes where no stream is ever empty, but for a file that has to be", async () => {
    const { target } = await startOwnStack({
      account: ["hangs-on-empty"],
      stage: { streaming: "never-empty" },
    });
    const run = await runSuite(target, ["empty-answers", "streams", "responses", "backend"]);
    expect(run).toMatchObject({ code: 0, failed: [] });
    expect(run.skipped).toContainEqual(expect.stringContaining(emptyFile));
    expect(run.passed).toContainEqual(expect.stringContaining("a download of 21 MB arrives"));
  });

  test("passes where answers leave whole, but for streams", async () => {
    const { target } = await startOwnStack({
      account: ["hangs-on-empty"],
      stage: { streaming: "off" },
    });
    const run = await runSuite(target, ["empty-answers", "streams", "responses", "backend"]);
    expect(run).toMatchObject({ code: 0, failed: [] });
    expect(run.passed).toContainEqual(expect.stringContaining(emptyFile));
    expect(run.skipped).toContainEqual(
      expect.stringContaining("this stage gives its answers whole"),
    );
  });
});
