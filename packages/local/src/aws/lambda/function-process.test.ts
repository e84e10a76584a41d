import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import { settingsVariable } from "./child/settings.mjs";
import { processOf } from "../../../test/lambda/run-fixture.ts";
import { fixture, startFixture, type Fixture } from "../../../test/lambda/start-fixture.ts";
import { startFunctionProcess } from "./function-process.ts";
import { openOnLoopback } from "./loopback-server.ts";

let directory: string;
let started: Fixture;

beforeAll(async () => {
  directory = await realpath(await mkdtemp(path.join(tmpdir(), "gatehouse-isolation-")));
  await cp(fixture("modules"), path.join(directory, "code"), { recursive: true });
  await mkdir(path.join(directory, "code-of-others"));
  await writeFile(path.join(directory, "code-of-others", "secret.txt"), "not for the function");
  started = await startFixture({ codeDirectory: path.join(directory, "code") });
});

afterAll(async () => {
  await started.close();
  await rm(directory, { recursive: true });
});

const refused: [what: string, event: () => object][] = [
  [
    "reading a directory next to its own",
    () => ({ action: "read", file: `${directory}/code-of-others/secret.txt` }),
  ],
  ["reading the directory above", () => ({ action: "list", directory })],
  ["reading the project", () => ({ action: "read", file: import.meta.filename })],
  ["reading a file of the system", () => ({ action: "read", file: "/etc/hostname" })],
  ["reading what it was started with", () => ({ action: "read", file: "/proc/self/environ" })],
  ["writing to its own code", () => ({ action: "write", file: `${directory}/code/new.txt` })],
  ["writing elsewhere", () => ({ action: "write", file: `${directory}/new.txt` })],
  ["a child process", () => ({ action: "spawn" })],
  ["a worker thread", () => ({ action: "worker" })],
];
test.each(refused)("refuses %s", async (_what, event) => {
  expect(await started.call({ ...event(), catch: true })).toMatchObject({
    code: "ERR_ACCESS_DENIED",
  });
});

test("lets it read its own code, and write and read in its own temporary directory", async () => {
  const source = await started.call({ action: "read", file: `${directory}/code/lambda.mjs` });
  expect(source).toMatch(/^\/\/ A function that does what the event says\./);
  const { temporaryDirectory } = await started.call({ action: "process" });
  expect(await started.call({ action: "scratch" })).toEqual({
    file: path.join(temporaryDirectory, "scratch.txt"),
    text: "kept for a while",
  });
});

test("is out of reach of a Ctrl-C, which the stack has to see first", async () => {
  const { pid } = await processOf(started);
  expect(process.kill(-pid, 0)).toBe(true); // it leads its own process group
});

test("ends without its Runtime API, and leaves no directory to a stack that may be gone", async () => {
  const silent = await openOnLoopback(createServer((socket) => void socket.destroy()));
  onTestFinished(silent.close);
  const temporaryDirectory = path.join(directory, "scratch");
  await mkdir(temporaryDirectory);
  const runtimeApi = { host: "127.0.0.1", port: silent.port };
  const settings = { runtimeApi, temporaryDirectory, hosts: {}, caPem: "", clockOffsetMs: 0 };
  const taskRoot = path.join(directory, "code");
  const { ended } = startFunctionProcess({
    taskRoot,
    temporaryDirectory,
    memoryMb: 128,
    environment: {
      AWS_LAMBDA_RUNTIME_API: `${runtimeApi.host}:${runtimeApi.port}`,
      LAMBDA_TASK_ROOT: taskRoot,
      _HANDLER: "lambda.handler",
      [settingsVariable]: JSON.stringify(settings),
    },
    onLog: () => {},
  });
  expect(await ended).toBe("the function's process ended with exit code 1");
  expect(existsSync(temporaryDirectory)).toBe(false);
});
