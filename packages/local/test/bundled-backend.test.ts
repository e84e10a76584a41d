import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { functionUrlEvent, plainUser, securityToken } from "@sst-gatehouse/backend/test/events";
import { afterAll, beforeAll, expect, test } from "vitest";

import { buildHandler } from "../src/code/build-handler.ts";

const workspace = join(import.meta.dirname, "../..");
/** The app under rules of the tests' own: what an adopter's `access.ts` allows is not this file's business. */
const root = join(workspace, "functions/test");
const sample = { root, name: "api", handler: "lambda.handler" };
const environment = {
  GATEHOUSE_EDGE_ACCOUNT: "111122223333",
  GATEHOUSE_EDGE_ROLE: "gatehouse-dev-guard",
  GATEHOUSE_CORS_ORIGINS: "[]",
};

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatehouse-functions-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs the bundle alone, in a process of its own, and prints what it streamed. */
function invoke(outdir: string, env: Record<string, string>, event: unknown) {
  const script = `
    globalThis.awslambda = {
      streamifyResponse: (handler) => handler,
      HttpResponseStream: { from: (stream, metadata) => ((stream.metadata = metadata), stream) },
    };
    const { handler } = await import(process.argv[1]);
    const { Writable } = await import("node:stream");
    const chunks = [];
    const stream = new Writable({ write(chunk, _, done) { chunks.push(chunk); done(); } });
    await handler(JSON.parse(process.argv[2]), stream);
    console.log(JSON.stringify({ ...stream.metadata, body: Buffer.concat(chunks).toString() }));`;
  return spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, join(outdir, "lambda.mjs"), JSON.stringify(event)],
    { env, cwd: outdir, encoding: "utf8" },
  );
}

test("builds one file that runs by itself", async () => {
  const outdir = join(scratch, "alone");
  const reads = new Set<string>();
  const built = await buildHandler(sample, outdir, reads);
  const bundle = await readFile(join(outdir, "lambda.mjs"));
  expect((await readdir(outdir)).toSorted()).toEqual(["lambda.mjs", "lambda.mjs.map"]);
  expect(built).toEqual({ directory: outdir, handler: "lambda.handler" });
  expect([...reads]).toEqual(
    expect.arrayContaining([
      join(root, "lambda.ts"),
      join(workspace, "functions/src/app.ts"),
      join(workspace, "backend/src/protected-app.ts"),
    ]),
  );
  expect([...reads].filter((path) => path.includes("node_modules"))).toEqual([]);
  for (const foreign of [workspace, "@sst-gatehouse/", "aws-jwt-verify", "signature-v4"]) {
    expect({ foreign, found: bundle.includes(foreign) }).toEqual({ foreign, found: false });
  }

  const { stdout, stderr, status } = invoke(
    outdir,
    environment,
    functionUrlEvent({ path: "/me", caller: plainUser }),
  );
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const [logged = "", answer = ""] = stdout.split("\n");
  expect(JSON.parse(logged)).toMatchObject({ v: 1, by: "backend", level: "info", status: 200 });
  const { statusCode, body } = JSON.parse(answer);
  expect({ statusCode, body: JSON.parse(body) }).toEqual({ statusCode: 200, body: plainUser });
});

test("writes what went wrong to the log, and that it answered, without the session token", async () => {
  const outdir = join(scratch, "fault");
  await buildHandler(sample, outdir, new Set());
  const { stdout } = invoke(
    outdir,
    environment,
    functionUrlEvent({ path: "/me", query: "q=secret", caller: null }),
  );
  const [line = "", logged = "", answer = "", ...rest] = stdout.trimEnd().split("\n");
  expect(JSON.parse(line)).toMatchObject({
    level: "error",
    status: 500,
    error: "GuardError",
    code: "settings_invalid",
  });
  expect(JSON.parse(logged)).toMatchObject({ level: "info", status: 500 });
  expect(JSON.parse(answer)).toMatchObject({ statusCode: 500 });
  expect(rest).toEqual([]);
  expect(stdout).not.toContain(securityToken);
  expect(stdout).not.toContain("secret");
});

test.each(Object.keys(environment))("does not load without %s, and says so", async (name) => {
  const outdir = join(scratch, name);
  await buildHandler(sample, outdir, new Set());
  const others = Object.fromEntries(Object.entries(environment).filter(([key]) => key !== name));
  const { stderr, status } = invoke(outdir, others, functionUrlEvent());
  expect(status).toBe(1);
  expect(stderr).toContain(`TypeError: ${name} must be `);
});
