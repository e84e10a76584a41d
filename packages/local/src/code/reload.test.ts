import { expect, test } from "vitest";

import { gate } from "../../test/gate.ts";
import type { LoadOutcome } from "../aws/lambda/invocation.ts";
import { createReload } from "./reload.ts";

const built = {
  gate,
  edge: { directory: "/stack/edge-2", handler: "lambda.handler" },
  functions: {
    api: { directory: "/stack/api-2", handler: "lambda.handler" },
    files: { directory: "/stack/files-2", handler: "lambda.handler" },
  },
};
const broken: LoadOutcome = {
  loaded: false,
  reason: "RangeError: the setting is missing\n    at lambda.mjs:1:7",
};
const later =
  "; names, paths, roles, clients, scopes, users, links, variables and stage settings apply after a restart";

interface Outcomes {
  readonly guard?: LoadOutcome;
  readonly api?: LoadOutcome;
}

async function reload(
  { guard = { loaded: true }, api = { loaded: true } }: Outcomes,
  edited: readonly string[] = ["src/api.ts"],
  now = gate,
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
    gate,
    guard: functionWith(guard),
    backends: new Map([
      ["api", functionWith(api)],
      ["files", functionWith({ loaded: true })],
    ]),
    remarks: ({ access: { examples } }) => Object.keys(examples ?? {}),
    explain: (from, reason, details = []) => lines.push([`${from}: ${reason}`, ...details]),
  })({ ...built, gate: now, missingLinks: [] }, edited);
  return { deployed, lines, done };
}

const all = "the guard, backend api, backend files";

test("puts each bundle into its function and says so", async () => {
  expect(await reload({})).toEqual({
    deployed: ["/stack/edge-2", "/stack/api-2", "/stack/files-2"],
    lines: [[`stack: rebuilt and reloaded ${all}`]],
    done: true,
  });
});

test("says after an edit what there is to say of the gate as it is now", async () => {
  const examples = { "GET /": { anybody: 200 } };
  const now = { ...gate, access: { ...gate.access, examples } };
  const { lines } = await reload({}, ["access.ts"], now);
  expect(lines).toEqual([[`stack: rebuilt and reloaded ${all}`], ["stack: GET /"]]);
});

const { access } = gate;
const [rule] = access.rules;
test.each([
  ["nothing of what the stack was set up from", {}, ""],
  ["a rule", { access: { ...access, rules: [...access.rules, ...access.rules] } }, ""],
  ["where a handler lies", { backends: { api: { handler: "src/other.handler" } } }, ""],
  ["a scope", { access: { ...access, scopes: ["api/read", "api/write"] } }, later],
  ["a group", { access: { ...access, rules: [{ ...rule, access: { groups: ["a"] } }] } }, later],
  ["a stage", { stages: { default: { revocation: "off" } } }, later],
  ["a path", { backends: { api: { handler: "lambda.handler", paths: ["/a*"] } } }, later],
  ["the region", { app: { name: "orders", region: "eu-west-2" } }, later],
])("where an edit changed %s says what needs a restart: %j", async (_what, changes, expected) => {
  const { lines } = await reload({}, ["gate.ts"], Object.assign({ ...gate }, changes));
  expect(lines).toEqual([[`stack: rebuilt and reloaded ${all}${expected}`]]);
});

test.each([
  ["packages/blueprint/src/aws/edge-role.ts", later],
  ["../repository/packages/blueprint/src", later],
  ["packages/edge/src/blueprint.ts", ""],
])(
  "after an edit of %s, which the stack itself runs, says the same: %j",
  async (path, expected) => {
    const { lines } = await reload({}, ["packages/core/src/sigv4/signer.ts", path]);
    expect(lines).toEqual([[`stack: rebuilt and reloaded ${all}${expected}`]]);
  },
);

test("never claims to have reloaded what could not be loaded", async () => {
  const { lines, done } = await reload({ guard: broken, api: broken });
  expect(lines).toEqual([
    [
      "stack: built, but the guard could not be loaded: RangeError: the setting is missing",
      "the guard keeps serving as it was before",
    ],
    [
      "stack: built, but backend api could not be loaded: RangeError: the setting is missing",
      "backend api keeps serving as it was before",
    ],
    ["stack: rebuilt and reloaded backend files"],
  ]);
  expect(done).toBe(false);
});
