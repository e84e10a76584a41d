import { expect, test } from "vitest";

import type { LoadOutcome } from "../aws/lambda/invocation.ts";
import { createReload } from "./reload.ts";

const bundles = {
  edge: { directory: "/stack/edge-2", handler: "lambda.handler" },
  functions: { directory: "/stack/functions-2", handler: "lambda.handler" },
};
const broken: LoadOutcome = {
  loaded: false,
  reason: "RangeError: the setting is missing\n    at lambda.mjs:1:7",
};
const later = "; roles, cache behaviour, clients and stage settings apply after a restart";

async function reload(
  { guard = { loaded: true }, api = { loaded: true } }: { guard?: LoadOutcome; api?: LoadOutcome },
  edited: readonly string[] = ["packages/core/src/sigv4/signer.ts"],
) {
  const deployed: string[] = [];
  const lines: string[][] = [];
  const functionWith = (outcome: LoadOutcome) => ({
    redeploy: async (directory: string) => {
      deployed.push(directory);
      return outcome;
    },
  });
  const done = await createReload({
    guard: functionWith(guard),
    api: functionWith(api),
    explain: (from, reason, details = []) => lines.push([`${from}: ${reason}`, ...details]),
  })(bundles, edited);
  return { deployed, lines, done };
}

test("puts each bundle into its function and says so", async () => {
  expect(await reload({})).toEqual({
    deployed: ["/stack/edge-2", "/stack/functions-2"],
    lines: [["stack: rebuilt and reloaded both functions"]],
    done: true,
  });
});

test.each([
  ["stages.ts", later],
  ["packages/blueprint/src/aws/edge-role.ts", later],
  ["packages/blueprint/src", later],
  ["access.ts", ""],
  ["packages/functions/src/stages.ts", ""],
  ["packages/edge/src/packages/blueprint/x.ts", ""],
])("after an edit of %s says what needs a restart: %j", async (path, expected) => {
  const { lines } = await reload({}, ["packages/core/src/sigv4/signer.ts", path]);
  expect(lines).toEqual([[`stack: rebuilt and reloaded both functions${expected}`]]);
});

test("never claims to have reloaded what could not be loaded", async () => {
  expect(await reload({ guard: broken, api: broken }, ["stages.ts"])).toEqual({
    deployed: ["/stack/edge-2", "/stack/functions-2"],
    lines: [
      [
        "stack: built, but the guard could not be loaded: RangeError: the setting is missing",
        "the guard keeps serving as it was before",
      ],
      [
        "stack: built, but the backend could not be loaded: RangeError: the setting is missing",
        "the backend keeps serving as it was before",
      ],
    ],
    done: false,
  });
});

test("says which of the two was reloaded when the other was not", async () => {
  const { lines, done } = await reload({ api: broken }, ["stages.ts"]);
  expect(lines.map(([line]) => line)).toEqual([
    "stack: built, but the backend could not be loaded: RangeError: the setting is missing",
    `stack: rebuilt and reloaded the guard${later}`,
  ]);
  expect(done).toBe(false);
});
