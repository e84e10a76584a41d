import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { openBrowser } from "@sst-gatehouse/local/test/cognito";
import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startBearerForwarder } from "./conformance/bearer-forwarder.ts";
import { listScenarios, runSuite, type SuiteRun, verdictOf } from "./conformance/suite.ts";
import { localFetch } from "./local-fetch.ts";
import { callback, createPerson } from "./person.ts";
import { startTemplateApp, type TemplateApp } from "./template-app.ts";

// The protocol's own conformance suite judges the hosted sign-in behind the metadata, and the template's server behind the
// gate. docs/mcp.md has its verdicts as a table.

/** The revisions that the template's SDK speaks, of those that the suite has requirements of. */
const revisions = ["2025-11-25", "2026-07-28"] as const;

let app: TemplateApp;
let authorization: SuiteRun;
/** One for each revision. */
let server: readonly SuiteRun[];
let withoutToken: SuiteRun;

beforeAll(async () => {
  const callbackPort = await freePort();
  app = await startTemplateApp({
    stage: { spaCallbackUrls: [callback, `http://127.0.0.1:${callbackPort}/callback`] },
    edit: giveConformanceTools,
  });
  const { appUrl, clients } = app.outputs;
  const alice = createPerson(app, "alice");
  await (await alice.connect()).close();
  const forwarder = await startBearerForwarder(appUrl, alice.tokens?.access_token ?? "");
  [authorization, withoutToken, ...server] = await Promise.all([
    runSuite(
      [
        "authorization",
        `--url=${appUrl}`,
        `--resource=${appUrl}/mcp`,
        `--client-id=${clients.spa.id}`,
        `--port=${callbackPort}`,
      ],
      signInOnce("alice"),
    ),
    runSuite(["server", `--url=${appUrl}/mcp`, "--scenario=ping"]),
    ...revisions.map((revision) =>
      runSuite(["server", `--url=${forwarder.origin}/mcp`, `--requirements=${revision}`]),
    ),
  ]);
  await forwarder.close();
});
afterAll(() => app.close());

async function freePort(): Promise<string> {
  const { origin, close } = await startLoopbackServer();
  await close();
  return new URL(origin).port;
}

/** The template's server gets what the suite calls by name, beside its own tools. */
async function giveConformanceTools(folder: string): Promise<void> {
  await copyFile(
    join(import.meta.dirname, "conformance/tools.ts"),
    join(folder, "src/conformance-tools.ts"),
  );
  const file = join(folder, "src/server.ts");
  let text = await readFile(file, "utf8");
  for (const [from, to] of [
    ["{ capabilities: { tools: { listChanged: false } } }", "conformanceOptions"],
    ["  return server;\n", "  addConformanceTools(server);\n  return server;\n"],
  ] as const) {
    if (text.split(from).length !== 2) throw new Error(`the template has no longer one ${from}`);
    text = text.replace(from, to);
  }
  const names = "{ addConformanceTools, conformanceOptions }";
  await writeFile(file, `import ${names} from "./conformance-tools";\n${text}`);
}

/** Does what the suite asks a person for: opens the address that it prints, signs in, and is sent back to it. */
function signInOnce(username: string): (output: string) => void {
  let opened = false;
  return (output) => {
    const [address] = /^http\S+\/oauth2\/authorize\?\S+(?=\s)/m.exec(output) ?? [];
    if (address === undefined || opened) return;
    opened = true;
    const { origin, search } = new URL(address);
    const user = app.outputs.users.find((each) => each.username === username);
    const browser = openBrowser(origin, (url, init) =>
      localFetch(url instanceof Request ? url.url : url, init),
    );
    void browser
      .signIn(search.slice(1), username, user?.password ?? "")
      .then((answer) => localFetch(answer.headers.get("location") ?? ""));
  };
}

test("the hosted sign-in behind the metadata gives codes and tokens as the suite wants them", () => {
  const [metadata] = authorization.checks.get("authorization-server-metadata-endpoint") ?? [];
  expect(metadata).toMatchObject({ id: "authorization-server-metadata", status: "SUCCESS" });
  expect(authorization.checks.get("authorization-code-grant")).toMatchObject([
    { id: "authorization-code-grant", status: "SUCCESS" },
  ]);
});

test("what the suite judges is behind the guard: without a token it gets nowhere", () => {
  expect(verdictsOf(withoutToken)).toEqual({ ping: "fail" });
  expect(JSON.stringify([...withoutToken.checks.values()])).toContain("token_missing");
});

test("of a server without sessions, nothing fails but the stream to listen on, which the template refuses", () => {
  const checks = server.flatMap((run) => run.checks.get("server-stateless") ?? []);
  expect(checks.filter(({ status }) => status === "SUCCESS").length).toBeGreaterThan(20);
  expect(checks.filter(({ status }) => status === "FAILURE").map(({ id }) => id)).toEqual([
    "sep-2575-server-sends-subscription-ack",
    "sep-2575-server-tags-subscription-id",
  ]);
});

describe("the tables of docs/mcp.md", async () => {
  const page = await readFile(join(import.meta.dirname, "../../../docs/mcp.md"), "utf8");
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const isVerdict = (cell: string) => ["pass", "warning", "fail", "not judged", "–"].includes(cell);

  test("have the verdict on each scenario that is run", () => {
    const written = rows.flatMap(([, names = "", ...cells]) => {
      const verdicts = cells.filter(isVerdict).join(", ");
      return verdicts === ""
        ? []
        : [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, verdicts] as const);
    });
    const found = new Map<string, string>();
    for (const [name, checks] of authorization.checks) found.set(name, verdictOf(checks));
    for (const name of new Set(server.flatMap(({ checks }) => [...checks.keys()])))
      found.set(name, server.map(({ checks }) => verdictOf(checks.get(name))).join(", "));
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(found));
    expect(written.length).toBe(found.size);
  });

  test("count all others that the suite has", async () => {
    const { server: all, client } = await listScenarios();
    const left = all.filter((name) => server.every(({ checks }) => !checks.has(name)));
    const counts = rows.filter(([, , count = ""]) => /^\d+$/.test(count));
    expect(counts.map(([, , count]) => Number(count))).toEqual([client.length, left.length]);
  });
});

function verdictsOf({ checks }: SuiteRun): Readonly<Record<string, string>> {
  return Object.fromEntries([...checks].map(([name, found]) => [name, verdictOf(found)]));
}
