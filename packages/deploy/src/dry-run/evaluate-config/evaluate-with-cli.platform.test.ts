import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { copySampleApp } from "../../../test/sample-app.ts";
import { installPlatform, type Platform } from "../platform/platform.ts";
import { whyNoOwnNetwork } from "../sst-cli/own-network.ts";
import { createEvaluator, type EvaluateOptions, type Evaluator } from "./evaluate-config.ts";
import { evaluateWithCli } from "./evaluate-with-cli.ts";

// Runs the SST CLI on a small test app, in an isolated network.

const repository = join(import.meta.dirname, "../../../../..");
const why = whyNoOwnNetwork();
beforeEach(({ skip }) => skip(why !== undefined, why));

let platform: Platform;
let root: string;
let other: string;
/** Of the other copy of the app. */
let evaluator: Evaluator;
beforeAll(async () => {
  platform = await installPlatform(repository);
  root = await copySampleApp(platform);
  other = await copySampleApp(platform);
  evaluator = await createEvaluator({ root: other, platform });
}, 180_000);
afterAll(async () => {
  await evaluator.close();
  await Promise.all([root, other].map((copy) => rm(copy, { recursive: true })));
});

/** The backend's zip has another banner, and so another hash. */
function comparable(graph: object): unknown {
  const text = JSON.stringify(graph).replaceAll(/[0-9a-f]{64}(?=\.)/g, "<hash>");
  return JSON.parse(text, (key, value: unknown) => (key === "code.zip" ? "<zip>" : value));
}

const questions: [what: string, options: Partial<EvaluateOptions>][] = [
  ["sst dev", { dev: true }],
  [
    "a stage that is kept, with parameters of before",
    { stage: "kept", previous: { "/fixture/b": "2", "/fixture/a": "1", "/other": "3" } },
  ],
];

test.each(questions)("makes the same graph as without it, for %s", async (_what, options) => {
  const asked = { root, platform, stage: "jane", ...options };
  const [witness, ours] = [await evaluateWithCli(asked), await evaluator.evaluate(asked)];
  await Promise.all([witness.dispose(), ours.dispose()]);
  expect(comparable(ours.graph)).toEqual(comparable(witness.graph));
  expect(await readdir(join(root, ".cache"))).toEqual([]);
});

const config = "sst.config.ts";
const refusals: [what: string, options: Partial<EvaluateOptions>, message: string][] = [
  [
    "by run()",
    {
      changes: [
        {
          file: config,
          from: "return resources();",
          to: 'throw new TypeError("the stage is wrong:\\n  use another");',
        },
      ],
    },
    "the stage is wrong:\n  use another",
  ],
  [
    "by app()",
    {
      changes: [
        { file: config, from: "return {", to: 'if (stage) throw new TypeError("no"); return {' },
      ],
    },
    "no",
  ],
];

test.each(refusals)("refuses in the same words %s", async (_what, options, message) => {
  const asked = { root, platform, stage: "jane", ...options };
  await expect(evaluateWithCli(asked)).rejects.toThrow(new Error(message));
  await expect(evaluator.evaluate(asked)).rejects.toThrow(new Error(message));
  expect(await readdir(join(root, ".cache"))).toEqual([]);
});

// What the CLI says before it runs the config, it says in other words: its line numbers are one too high, and of names it
// says what they may be.
const reasons: [what: string, options: Partial<EvaluateOptions>, ours: string, theirs: RegExp][] = [
  [
    "a config that cannot be bundled",
    { changes: [{ file: config, from: "./resources.ts", to: "./nowhere.ts" }] },
    'Failed to build sst.config.ts\n   - sst.config.ts:20:39 Could not resolve "./nowhere.ts"',
    /^Failed to build sst\.config\.ts\n {3}- sst\.config\.ts:21:39 Could not resolve "\.\/nowhere\.ts"$/,
  ],
  [
    "a stage that no stage can be called",
    { stage: "a_b" },
    "The stage name is invalid.",
    /^The stage name is invalid\. /,
  ],
];

test.each(reasons)("refuses for the same reason %s", async (_what, options, ours, theirs) => {
  const asked = { root, platform, stage: "jane", ...options };
  await expect(evaluateWithCli(asked)).rejects.toThrow(theirs);
  await expect(evaluator.evaluate(asked)).rejects.toThrow(new Error(ours));
  expect(await readdir(join(root, ".cache"))).toEqual([]);
});
