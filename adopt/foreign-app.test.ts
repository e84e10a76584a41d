import { evaluateWithCli } from "@sst-gatehouse/deploy/evaluate-with-cli";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { whyNoOwnNetwork } from "@sst-gatehouse/deploy/own-network";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";

import { send } from "../acceptance/support/client.ts";
import { managers } from "./support/apps.ts";
import { commands, countDiff, diffs, fenced } from "./support/page.ts";
import { mustRun, startApp } from "./support/program.ts";
import { apply, evaluated, makeShelf, pin, planned } from "./support/shelf.ts";

const { guardSha256 } = inject("packed");

describe.each(managers)("installed by $name", (manager) => {
  test("an app that was there before adopts the gate by a short diff, and keeps all it has", async () => {
    const app = await makeShelf({ manager });
    // The same provider on both sides, so that only the gate differs.
    const before = await evaluated(app, { changes: [pin] });
    await apply(app, "gate");
    const after = await evaluated(app);

    // What let everybody call the Function URL goes, and nothing else.
    const kept = new Set(after.resources.map(({ urn }) => urn));
    const gone = before.resources.filter(({ urn }) => !kept.has(urn));
    expect(gone.map(({ name }) => name)).toEqual(["ApiInvokeFunction"]);
    for (const name of ["CoversBucket", "CoversPublicAccessBlock"])
      expect(inputsOf(after, name)).toEqual(inputsOf(before, name));
    const own = ["memorySize", "timeout", "runtime", "architectures", "handler"];
    for (const member of own)
      expect(inputsOf(after, "ApiFunction")[member]).toEqual(
        inputsOf(before, "ApiFunction")[member],
      );
    expect(variablesOf(after)).toEqual(expect.arrayContaining(variablesOf(before)));
    expect(inputsOf(before, "ApiUrl")["authorizationType"]).toBe("NONE");
    expect(inputsOf(after, "ApiUrl")["authorizationType"]).toBe("AWS_IAM");

    // The guard is the same bytes as in every other app.
    const plan = await planned(app);
    expect(plan).toMatchObject({
      app: "shelf",
      guard: { sha256: guardSha256 },
      unchecked: bucketOfTheApp,
      violations: [],
    });

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
    await apply(app, "gate", "--reverse");
    const backedOut = await evaluated(app, { changes: [pin] });
    expect(backedOut.resources).toEqual(before.resources);
    const urns = new Set(backedOut.resources.map(({ urn }) => urn));
    const ofTheApp = after.resources.filter(({ urn }) => !/:Gatehouse|::Gate/.test(urn));
    expect(ofTheApp.filter(({ urn }) => !urns.has(urn)).map(({ name }) => name)).toEqual([]);
    expect(ofTheApp.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["ApiFunction", "ApiUrl", "CoversBucket"]),
    );
  });
});

/** What `shelf` has that is no business of the gate's. */
const bucketOfTheApp = [
  "bucketCorsConfigurationV2:BucketCorsConfigurationV2::CoversCors",
  "bucketPolicy:BucketPolicy::CoversPolicy",
  "bucketPublicAccessBlock:BucketPublicAccessBlock::CoversPublicAccessBlock",
  "bucketV2:BucketV2::CoversBucket",
].map((each) => ({ type: `aws:s3/${each.split("::")[0]}`, name: each.split("::")[1] }));

test("what SST's own CLI deploys of the app is what plan says, with the gate as a tab of sst dev", async ({
  skip,
}) => {
  const [manager] = managers;
  const app = await makeShelf({ manager });
  await apply(app, "gate");
  const without = await evaluated(app);
  // The page's two lines, in the place that it names.
  const [tab = ""] = fenced("ts").filter((code) => code.includes("DevCommand"));
  expect(tab.trim().split("\n")).toHaveLength(1);
  const run = '    await import("./infra/storage");';
  const showing = { file: "sst.config.ts", from: run, to: `${tab}${run}` };
  const inDev = await evaluated(app, { dev: true, changes: [showing] });
  expect(inDev.resources.filter(({ type }) => /DevCommand/.test(type))).toMatchObject([
    { name: "Gatehouse", component: true },
  ]);
  // It deploys nothing.
  const deployed = await evaluated(app, { changes: [showing] });
  expect(withoutTab(deployed)).toEqual(without.resources);

  // What plan refuses, in a test of the app's own.
  const check =
    'import { checkGraph } from "sst-gatehouse-dev/graph"; console.log(await checkGraph());';
  expect(await mustRun(app, "node", "--input-type=module", "--eval", check)).toBe("[]\n");

  const why = whyNoOwnNetwork();
  skip(why !== undefined, why);
  const witness = await evaluateWithCli({ root: app, stage: "anna", changes: [showing] });
  try {
    expect(withoutHashes(witness.graph)).toEqual(withoutHashes(deployed));
  } finally {
    await witness.dispose();
  }
});

test("adopting is as little as the page and the README say", () => {
  expect(countDiff(diffs.gate)).toEqual({
    linesAdded: 25,
    linesRemoved: 8,
    filesAdded: 1,
    filesChanged: 3,
  });
  expect(countDiff(diffs.site)).toEqual({
    linesAdded: 8,
    linesRemoved: 12,
    filesAdded: 0,
    filesChanged: 4,
  });
});

test("every command of the page is run here", () => {
  expect(commands).toEqual([
    // new-app.test.ts: create, startApp
    "npm create sst-gatehouse@latest my-app",
    "cd my-app",
    "npm install",
    "npm start",
    // makeShelf
    "npm install sst-gatehouse",
    "npm install --save-dev sst-gatehouse-dev",
    // startApp, planned, and evaluateWithCli: `sst deploy` with AWS played
    "npx gatehouse start",
    "npx gatehouse plan --stage anna",
    "npx sst deploy --stage anna",
    // update.test.ts
    "npm install sst-gatehouse@latest",
    "npm install --save-dev sst-gatehouse-dev@latest",
    "npx gatehouse plan --stage anna --json",
  ]);
});

function withoutTab({ resources }: Graph): Graph["resources"] {
  return resources.filter(({ type }) => !/DevCommand/.test(type));
}

/** The zip of the backend is named by its hash, and its bytes are the zipper's own. */
function withoutHashes(graph: Graph): unknown {
  const text = JSON.stringify(graph).replaceAll(/(?<=code-|\/)[0-9a-f]{64}(?=\.)/g, "<sha256>");
  return JSON.parse(text, (key, value: unknown) => (key === "code.zip" ? "<zip>" : value));
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
