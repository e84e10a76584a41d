import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { managers } from "./support/apps.ts";
import { run } from "./support/program.ts";
import { apply, edit, evaluated, makeShelf } from "./support/shelf.ts";

/** By door, what it says. Without one, nothing is wrong there. */
type Said = Readonly<Partial<Record<"start" | "plan" | "deploy", string>>>;

type Spoil = (app: string) => Promise<() => Promise<void>>;

/** @returns what gives the file its text back. */
function edited(file: string, from: string, to: string): Spoil {
  return async (app) => {
    const path = join(app, file);
    const before = await readFile(path, "utf8");
    await edit(app, file, from, to);
    return () => writeFile(path, before);
  };
}

function without(path: string): Spoil {
  return async (app) => {
    const [here, away] = [join(app, path), join(app, "elsewhere")];
    await rename(here, away);
    return () => rename(away, here);
  };
}

const api = 'api: { handler: "src/index.handler" }';
const outside =
  'gate.ts: backends have no backend for the other paths, such as those of the access rule "/health"; leave paths out for one of them, or for the site';
const twice =
  "gate.ts: backends.more.paths has /books*, which leads to api already; each path has one backend";
const group = 'access.ts: Cognito refuses the group "super editors"';
const scope = 'access.ts: Cognito refuses the scope "api/a b"';
const inRun =
  "sst-gatehouse/sst is for run() of sst.config.ts, where SST has made $util, aws and sst";

const setups: [what: string, spoil: Spoil, said: Said][] = [
  [
    "a rule outside of the paths",
    edited("gate.ts", api, 'api: { handler: "src/index.handler", paths: ["/books*"] }'),
    { start: outside, plan: outside, deploy: outside },
  ],
  [
    "a path in two places",
    edited(
      "gate.ts",
      api,
      'api: { handler: "src/index.handler", paths: ["/books*"] }, more: { handler: "src/index.handler", paths: ["/books*"] }',
    ),
    { start: twice, plan: twice, deploy: twice },
  ],
  [
    "a group that Cognito refuses",
    edited("gate.ts", '["editors"]', '["super editors"]'),
    { start: group, plan: group, deploy: group },
  ],
  [
    "a scope that Cognito refuses",
    edited("gate.ts", "rules: {", 'scopes: ["api/a b"],\n    rules: {'),
    { start: scope, plan: scope, deploy: scope },
  ],
  [
    "the component in app()",
    edited(
      "sst.config.ts",
      "  app(input) {",
      '  async app(input) {\n    await import("sst-gatehouse/sst");',
    ),
    { plan: inRun, deploy: inRun },
  ],
  [
    "a package that is no dependency of the app",
    without("node_modules/sst-gatehouse"),
    {
      start: "The package sst-gatehouse is not installed in <app>: npm install sst-gatehouse",
      plan: "The package sst-gatehouse is not installed in <app>: npm install sst-gatehouse",
      deploy: 'Could not resolve "sst-gatehouse',
    },
  ],
  ["no SST", without("node_modules/sst"), { plan: "npm install sst", deploy: "npm install sst" }],
  [
    "an SST that is too old",
    edited("node_modules/sst/package.json", '"version": "3.', '"version": "2.'),
    { plan: "npm install sst", deploy: "npm install sst" },
  ],
];

test("a wrong setup says what to do, wherever it is met", async () => {
  const [manager] = managers;
  const app = await makeShelf({ manager });
  await apply(app, "gate");
  const gatehouse = async (...args: readonly string[]) => {
    const { code, stderr } = await run(app, "npx", "gatehouse", ...args);
    return `${code}: ${stderr}`;
  };
  const doors = {
    start: () => gatehouse("start", "--json", "--port", "0"),
    plan: () => gatehouse("plan", "--stage", "anna"),
    deploy: () =>
      evaluated(app).then(
        () => "0",
        (error: unknown) => `1: ${String(error)}`,
      ),
  };
  for (const [what, spoil, said] of setups) {
    const mend = await spoil(app);
    for (const door of ["start", "plan", "deploy"] as const) {
      const words = said[door]?.replace("<app>", app);
      if (words === undefined) continue;
      const told = await doors[door]();
      expect([what, door, told]).toEqual([what, door, expect.stringContaining(words)]);
      expect(told).toMatch(/^1: /);
    }
    await mend();
  }
  await rm(join(app, ".cache"), { recursive: true, force: true });
});
