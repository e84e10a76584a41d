import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { loadProject } from "./load-project.ts";

const gate = `
  export const gate = {
    app: { name: "shelf", region: "eu-west-1" },
    access,
    backends: { api: { handler: "src/index.handler" } },
  };`;
const access = "{ scopes: [], rules: [] }";
const inline = `const access = ${access};${gate}`;

test("finds the app upwards, and reads TypeScript that names files without their ending", async () => {
  const root = await temporaryTree({
    "sst.config.ts": "this is not read",
    "gate.ts": `import { access } from "./access";${gate}`,
    "access.ts": `enum Unused { A }\nexport const access = ${access};`,
    "packages/api/src/index.ts": "",
  });
  expect(await loadProject(join(root, "packages/api/src"))).toEqual({
    root,
    gate: {
      app: { name: "shelf", region: "eu-west-1" },
      access: { scopes: [], rules: [] },
      backends: { api: { handler: "src/index.handler" } },
    },
  });
});

const refusals: [what: string, files: Record<string, string>, why: string][] = [
  ["a folder of no app", {}, "There is no sst.config.ts in <root> or above it. Run this in the"],
  ["no gate.ts", { "sst.config.ts": "" }, "There is no gate.ts in <root>, beside sst.config.ts."],
  [
    "no gate in it",
    { "sst.config.ts": "", "gate.ts": "export const gates = 1;" },
    "<root>/gate.ts exports no gate: export const gate = defineGate({ app, access, backends })",
  ],
  [
    "a file of it that throws",
    {
      "sst.config.ts": "",
      "gate.ts": `import { access } from "./access";${gate}`,
      "access.ts": 'throw new TypeError("access rule: no"); export const access = 1;',
    },
    "access rule: no",
  ],
  [
    "a file of it that throws as Node does",
    {
      "sst.config.ts": "",
      "gate.ts": `import { access } from "./access";${gate}`,
      "access.ts": 'export const access = process.env["NOBODY_SETS"]!.split(",");',
    },
    "gate.ts, or a file that it imports, throws: Cannot read properties of undefined (reading 'split')",
  ],
  [
    "what only sst.config.ts has",
    { "sst.config.ts": "", "gate.ts": `$app.stage; ${inline}` },
    "throws: $app is not defined. gate.ts is read without SST as well, by start for example",
  ],
  [
    "a mistake in TypeScript",
    { "sst.config.ts": "", "gate.ts": "export const gate = ;" },
    'gate.ts:1:20: ERROR: Unexpected ";"',
  ],
  [
    "a gate that is not made by defineGate",
    { "sst.config.ts": "", "gate.ts": inline.replace("eu-west-1", "eu-west-9") },
    "eu-west-9",
  ],
  [
    "a package that is missing",
    {
      "sst.config.ts": "",
      "gate.ts": `import { defineGate } from "sst-gatehouse"; ${inline} defineGate(gate);`,
    },
    "The package sst-gatehouse is not installed in <root>: npm install sst-gatehouse",
  ],
];

test.each(refusals)("refuses %s in words that say what to do", async (_what, files, why) => {
  const root = await temporaryTree(files);
  await expect(loadProject(root)).rejects.toThrow(why.replace("<root>", root));
});

test("takes packages in CommonJS, which ask for Node's modules by require", async () => {
  const root = await temporaryTree({
    "sst.config.ts": "",
    "gate.ts": `import { access } from "rules-of-ours"; ${gate}`,
    "node_modules/rules-of-ours/package.json": '{ "main": "index.js" }',
    "node_modules/rules-of-ours/index.js":
      'const { sep } = require("path"); exports.access = { scopes: [sep], rules: [] };',
  });
  expect((await loadProject(root)).gate.access.scopes).toEqual(["/"]);
});

test("takes packages from where the app has them", async () => {
  const root = await temporaryTree({
    "sst.config.ts": "",
    "gate.ts": `import { access } from "rules-of-ours"; ${gate}`,
  });
  const installed = await temporaryTree({
    "package.json": '{ "name": "rules-of-ours", "type": "module", "main": "index.js" }',
    "index.js": 'export const access = { scopes: ["api/read"], rules: [] };',
  });
  mkdirSync(join(root, "node_modules"));
  symlinkSync(installed, join(root, "node_modules/rules-of-ours"));
  const project = await loadProject(root);
  expect(project.gate.access.scopes).toEqual(["api/read"]);
});
