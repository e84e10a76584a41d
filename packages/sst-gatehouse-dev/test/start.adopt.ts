import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, onTestFinished, test, vi } from "vitest";

import { ask } from "../src/ask.ts";
import { appFiles, foreignApp } from "./foreign-app.ts";

const main = join(import.meta.dirname, "../src/main.ts");

interface Outputs {
  readonly loopbackUrl: string;
  readonly tokens: { readonly id: string };
  readonly users: readonly { readonly username: string; readonly groups: readonly string[] }[];
}

/** `gatehouse start --json`, in a folder of the app. */
async function start(cwd: string) {
  const child = spawn(process.execPath, [main, "start", "--json", "--port", "0"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  let terminal = "";
  child.stderr.on("data", (chunk) => (terminal += String(chunk)));
  const ended = once(child, "exit").then(() => {
    throw new Error(terminal);
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended,
  ]);
  ended.catch(() => undefined);
  const outputs: Outputs = JSON.parse(String(line));
  return {
    outputs,
    shows: (part: string | RegExp) =>
      vi.waitFor(() => expect(terminal).toMatch(part), { timeout: 10_000, interval: 50 }),
    call: (path: string, token?: string) => read(outputs.loopbackUrl, path, token),
  };
}

async function read(appUrl: string, path: string, token?: string) {
  const answer = await ask(
    appUrl,
    path,
    token ? { headers: { authorization: `Bearer ${token}` } } : {},
  );
  const isJson = answer.headers.get("content-type")?.includes("json") === true;
  const body: unknown = isJson ? await answer.json() : await answer.text();
  return { status: answer.status, body };
}

/** Puts something else into a file of the app. */
function edit(root: string, file: string, from: string, to: string): void {
  const path = join(root, file);
  const before = readFileSync(path, "utf8");
  expect(before).toContain(from);
  writeFileSync(path, before.replace(from, to));
}

test("plays an app as it is, with each backend under its paths and a person for each group", async () => {
  const root = await foreignApp();
  const { outputs, call } = await start(join(root, "src"));
  const token = outputs.tokens.id;
  expect(outputs.users.map(({ username, groups }) => [username, groups])).toEqual([
    ["alice", []],
    ["editors", ["editors"]],
  ]);
  expect(await call("/books/1", token)).toEqual({
    status: 200,
    body: { title: "Ficciones", by: expect.objectContaining({ kind: "user", username: "alice" }) },
  });
  expect(await call("/books/1")).toMatchObject({ status: 401, body: { code: "token_missing" } });
  expect(await call("/files/a.txt")).toEqual({ status: 200, body: "shelf-local-Files" });
  expect(await call("/elsewhere", token)).toMatchObject({ status: 403 });
});

/** A backend that says what it was given. */
const linked = `import { Hono } from "hono";
import { Resource } from "sst";
import { protect } from "sst-gatehouse/hono";
import { access } from "../access";

const app = new Hono()
  .get("/files/app", (c) => c.json(Resource.App))
  .get("/files/covers", (c) => c.json([Resource.Covers, process.env.LOG_LEVEL]));
export const onRequest = protect(access, app);
`;

test("gives functions the links and variables of gate.ts, as SST would", async () => {
  const local = {
    links: { Covers: { name: "shelf-covers" } },
    environment: { LOG_LEVEL: "debug" },
  };
  const root = await foreignApp({
    "src/files.ts": linked,
    "gate.ts": String(appFiles["gate.ts"]).replace(
      "  backends:",
      `  local: ${JSON.stringify(local)},\n  backends:`,
    ),
  });
  const { call } = await start(root);
  expect((await call("/files/app")).body).toEqual({ name: "shelf", stage: "local" });
  expect((await call("/files/covers")).body).toEqual([{ name: "shelf-covers" }, "debug"]);
});

test("says where a link gets its value that has none on this machine", async () => {
  const { call, shows } = await start(await foreignApp({ "src/files.ts": linked }));
  expect(await call("/files/covers")).toMatchObject({ status: 500 });
  await shows(
    /stack +src\/files\.ts asks for Resource\.Covers, which has no value on this machine\n +say it in gate\.ts, such as local: \{ links: \{ Covers: \{ name: "…" \} \} \}/,
  );
});

test("reloads a handler, its rules and the gate when they are edited, and keeps serving what was good", async () => {
  const root = await foreignApp();
  const { outputs, shows, call } = await start(root);
  const token = outputs.tokens.id;
  const title = async () => (await call("/books/1", token)).body;

  edit(root, "src/title.ts", "Ficciones", "El Aleph");
  await shows("rebuilt and reloaded the guard, backend api, backend files\n");
  expect(await title()).toMatchObject({ title: "El Aleph" });

  edit(root, "src/title.ts", "export", "exprt");
  await shows(/the build failed.*\n.*\n *src\/title\.ts:1:\d+: ERROR/);
  expect(await title()).toMatchObject({ title: "El Aleph" });
  edit(root, "src/title.ts", 'exprt const title = "El Aleph"', 'export const title = "Sur"');
  await vi.waitFor(async () => expect(await title()).toMatchObject({ title: "Sur" }), 10_000);

  edit(root, "access.ts", '"/books/*": "signed-in"', '"/books/*": { groups: ["editors"] }');
  await shows(
    'stack        the example GET /books/1 says 200 for alice, who is refused by "/books/*" with 403 access_denied\n',
  );
  await vi.waitFor(
    async () => expect(await call("/books/1", token)).toMatchObject({ status: 403 }),
    10_000,
  );

  edit(root, "gate.ts", 'paths: ["/files/*"]', 'paths: ["/files/*", "/more/*"]');
  await shows("stage settings apply after a restart");
}, 60_000);

test("says which handler there is not, and where its name stands", async () => {
  const root = await foreignApp();
  edit(root, "gate.ts", "src/api.handler", "src/apis.handler");
  await expect(start(root)).rejects.toThrow(
    /^The local stack could not start: gate\.ts: backends\.api\.handler is "src\/apis\.handler", and there is no src\/apis\.ts in /,
  );
});

test("says that a folder is no app, and what is missing where it is one", async () => {
  await expect(start(await temporaryTree())).rejects.toThrow(/^There is no sst\.config\.ts in /);
  await expect(start(await temporaryTree({ "sst.config.ts": "" }))).rejects.toThrow(
    /^There is no gate\.ts in .*, beside sst\.config\.ts\. It says what the gate of the app is: /,
  );
});
