import { readFileSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { expect, test } from "vitest";

import { send } from "../acceptance/support/client.ts";
import { emptyFolder, linkPlatform, managers, tarball } from "./support/apps.ts";
import { mustRun, startApp } from "./support/program.ts";

/** The diff of the page that people follow. */
const page = readFileSync(join(import.meta.dirname, "../docs/adopt.md"), "utf8");
const [, diff = ""] = /^```diff\n([\s\S]*?)^```$/m.exec(page) ?? [];

test("an app that was there before adopts the gate by a short diff, and keeps all it has", async () => {
  const app = join(await emptyFolder(), "shelf");
  await cp(join(import.meta.dirname, "foreign-app"), app, { recursive: true });
  await addTarballs(app);
  await mustRun(app, ...(managers[0]?.install ?? ["npm"]));
  await linkPlatform(app);

  // The same provider on both sides, so that only the gate differs.
  const region = 'aws: { region: "eu-west-1" }';
  const pinned = 'aws: { version: "6.83.4", region: "eu-west-1" }';
  const pin = { file: "sst.config.ts", from: region, to: pinned };
  const before = await evaluated(app, [pin]);
  const file = join(app, "adopt.diff");
  const apply = async (...options: string[]): Promise<void> => {
    await writeFile(file, diff);
    await mustRun(app, "git", "apply", ...options, file);
    await rm(file);
  };
  await apply();
  const after = await evaluated(app);

  // What let everybody call the Function URL goes, and nothing else.
  const kept = new Set(after.resources.map(({ urn }) => urn));
  const gone = before.resources.filter(({ urn }) => !kept.has(urn));
  expect(gone.map(({ name }) => name)).toEqual(["ApiInvokeFunction"]);
  for (const name of ["CoversBucket", "CoversPublicAccessBlock"])
    expect(inputsOf(after, name)).toEqual(inputsOf(before, name));
  const own = ["memorySize", "timeout", "runtime", "architectures", "handler"];
  for (const member of own)
    expect(inputsOf(after, "ApiFunction")[member]).toEqual(inputsOf(before, "ApiFunction")[member]);
  expect(variablesOf(after)).toEqual(expect.arrayContaining(variablesOf(before)));
  expect(inputsOf(before, "ApiUrl")["authorizationType"]).toBe("NONE");
  expect(inputsOf(after, "ApiUrl")["authorizationType"]).toBe("AWS_IAM");

  const plan = await mustRun(app, gatehouse(app), "plan", "--stage", "anna", "--json");
  expect(JSON.parse(plan)).toMatchObject({ app: "shelf", violations: [] });

  await mustRun(app, join(app, "node_modules/.bin/tsc"));
  expect(await mustRun(app, "npm", "test")).toContain("1 passed");

  const { started, stop } = await startApp(app);
  try {
    const headers = { authorization: `Bearer ${started.tokens.access}` };
    const books = await send(started.appUrl, { path: "/books", headers });
    expect([books.status, books.json()]).toEqual([200, [{ id: "1", title: "Middlemarch" }]]);
    const added = { path: "/books", method: "POST", headers, body: '{"title":"Emma"}' };
    expect((await send(started.appUrl, added)).json()).toMatchObject({ code: "access_denied" });
    expect((await send(started.appUrl, { path: "/books" })).status).toBe(401);
    expect((await send(started.appUrl, { path: "/health" })).json()).toMatchObject({ ok: true });
  } finally {
    expect(await stop()).toBe(0);
  }

  // Backing out is the diff in reverse: what the app had, it has as before, and what it kept meanwhile is not made anew.
  await apply("--reverse");
  const backedOut = await evaluated(app, [pin]);
  expect(backedOut.resources).toEqual(before.resources);
  const urns = new Set(backedOut.resources.map(({ urn }) => urn));
  const ofTheApp = after.resources.filter(({ urn }) => !/:Gatehouse|::Gate/.test(urn));
  expect(ofTheApp.filter(({ urn }) => !urns.has(urn)).map(({ name }) => name)).toEqual([]);
  expect(ofTheApp.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["ApiFunction", "ApiUrl", "CoversBucket"]),
  );

  const lines = diff.split("\n");
  const count = (sign: RegExp) => lines.filter((line) => sign.test(line)).length;
  console.log(`the diff: ${count(/^\+(?!\+\+)/)} lines added, ${count(/^-(?!--)/)} taken out`);
});

const gatehouse = (app: string): string => join(app, "node_modules/.bin/gatehouse");

async function evaluated(
  root: string,
  changes: Parameters<typeof evaluateConfig>[0]["changes"] = [],
): Promise<Graph> {
  const evaluation = await evaluateConfig({ root, stage: "anna", changes });
  await evaluation.dispose();
  return evaluation.graph;
}

function inputsOf({ resources }: Graph, name: string): Readonly<Record<string, unknown>> {
  const found = resources.find((resource) => resource.name === name && !resource.component);
  if (found === undefined)
    throw new Error(`no ${name} among ${resources.map((resource) => resource.name).join(", ")}`);
  return found.inputs;
}

/** Names of the environment of the app's function. */
function variablesOf(graph: Graph): string[] {
  const environment = inputsOf(graph, "ApiFunction")["environment"];
  return Object.keys((environment as { variables: object }).variables); // oxlint-disable-line typescript/no-unsafe-type-assertion
}

/** `npm install sst-gatehouse` and `npm install --save-dev sst-gatehouse-dev`, from the tarballs. */
async function addTarballs(folder: string): Promise<void> {
  const file = join(folder, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  manifest.dependencies["sst-gatehouse"] = `file:${tarball("sst-gatehouse")}`;
  manifest.devDependencies["sst-gatehouse-dev"] = `file:${tarball("sst-gatehouse-dev")}`;
  await writeFile(file, JSON.stringify(manifest, null, 2));
}
