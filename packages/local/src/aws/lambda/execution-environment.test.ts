import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";

import { createClock } from "../clock.ts";
import { crashReason, payloadOf, textOf } from "../../../test/lambda/read-invocation.ts";
import { isAlive, processOf, runFixture } from "../../../test/lambda/run-fixture.ts";
import { fixture } from "../../../test/lambda/start-fixture.ts";
import { startGate } from "../../../test/lambda/start-gate.ts";
import type { LambdaFunctionOptions } from "./invocation.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("a plain handler", () => {
  test("gets event and context as at AWS, and its answer comes back byte for byte", async () => {
    const { invoke } = await runFixture();
    const first = await invoke({ action: "echo", text: "ä€😀\u0000" });
    expect(first.requestId).toMatch(uuid);
    const answer = payloadOf(first);
    const { xRayTraceId, logStreamName, ...context } = answer.context;
    expect(answer.event).toEqual({ action: "echo", text: "ä€😀\u0000" });
    expect(context).toEqual({
      invokedFunctionArn: "arn:aws:lambda:eu-west-3:123456789012:function:fixture",
      awsRequestId: first.requestId,
      functionName: "fixture",
      functionVersion: "7",
      memoryLimitInMB: "128",
      logGroupName: "/aws/lambda/fixture",
    });
    expect(xRayTraceId).toMatch(
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
    );
    expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[7\][0-9a-f]{32}$/);
    expect(answer.left).toBeGreaterThan(0);
    expect(answer.left).toBeLessThanOrEqual(20_000);
    expect((await invoke({ action: "echo" })).requestId).not.toBe(first.requestId);
  });

  test("that returns nothing answers null", async () => {
    const { invoke } = await runFixture();
    expect(await invoke({ action: "nothing" })).toMatchObject({
      kind: "response",
      payload: Buffer.from("null"),
    });
  });

  test("that throws is a function error with type, message and trace", async () => {
    const { invoke } = await runFixture();
    const outcome = await invoke({ action: "fail" });
    expect(outcome).toEqual({
      kind: "function-error",
      requestId: outcome.requestId,
      errorType: "QuotaError",
      errorMessage: "there is no more",
      trace: expect.arrayContaining(["QuotaError: there is no more"]),
    });
    expect(await invoke({ action: "failOddly" })).toMatchObject({
      kind: "function-error",
      errorType: "string",
      errorMessage: "only a text",
      trace: [],
    });
  });

  test("that misses a package is told which one", async () => {
    const { invoke } = await runFixture();
    expect(await invoke({ action: "importPackage" })).toMatchObject({
      kind: "function-error",
      errorMessage: expect.stringContaining("'a-package-that-was-not-bundled'"),
    });
  });

  test("that answers with more than 6 MB is a function error, and the environment lives on", async () => {
    const started = await runFixture();
    const { pid } = await processOf(started);
    // Two quotes around it.
    const largest = await started.invoke({ action: "text", length: 6_291_554 });
    expect(largest.kind === "response" && largest.payload.length).toBe(6_291_556);
    expect(await started.invoke({ action: "text", length: 6_291_555 })).toMatchObject({
      kind: "function-error",
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
    expect((await processOf(started)).pid).toBe(pid);
  });

  test("runs again and again in the same environment", async () => {
    const started = await runFixture();
    const first = await processOf(started);
    const second = await processOf(started);
    expect([first.invocations, second.invocations]).toEqual([1, 2]);
    expect(second.pid).toBe(first.pid);
  });

  test("is handed an invocation once, however often it asks", async () => {
    const gate = await startGate();
    const { call } = await runFixture({ network: gate.network });
    const outcome = call({ action: "pollEarly", url: gate.url });
    (await gate.next()).open();
    expect(await outcome).toEqual({ answered: false });
  });

  test("prints whole lines, each once", async () => {
    const { call, lines, close } = await runFixture();
    await call({ action: "print", text: "first\nsec" });
    await call({ action: "print", text: "ond\n" });
    await call({ action: "log", text: "two\nlines" });
    // Standard output and the Runtime API are two ways; the end of the process is behind both.
    await close();
    expect(lines.slice(0, 2)).toEqual(["first", "second"]);
    expect(lines[2]).toMatch(/\tINFO\ttwo$/);
    expect(lines.slice(3)).toEqual(["lines"]);
  });
});

describe("an environment that ends", () => {
  test("by process.exit is a crash, and the next invocation gets a fresh one", async () => {
    const started = await runFixture();
    const { pid } = await processOf(started);
    expect(crashReason(await started.invoke({ action: "exit", code: 3 }))).toBe(
      "the function's process ended with exit code 3",
    );
    const next = await processOf(started);
    expect(next.pid).not.toBe(pid);
    expect(next.invocations).toBe(1);
  });

  test("because a promise can never settle says so", async () => {
    const { invoke } = await runFixture();
    expect(crashReason(await invoke({ action: "waitForNothing" }))).toBe(
      "the function's process ended with exit code 0: " +
        "it called process.exit, or it waits for a promise that nothing can settle",
    );
  });

  test("because its memory is used up names the limit and shows the last lines", async () => {
    const { invoke } = await runFixture({ memoryMb: 32 });
    const reason = crashReason(await invoke({ action: "remember" }));
    expect(reason.split("\n")[0]).toBe("the function used more memory than its 32 MB");
    expect(reason).toContain("JavaScript heap out of memory");
  });

  test.each(["hang", "spin"])(
    "because it did not answer in time (%s) is a timeout",
    async (action) => {
      const started = await runFixture({ timeoutSeconds: 1 });
      const { pid } = await processOf(started);
      const outcome = await started.invoke({ action });
      expect(outcome).toEqual({ kind: "timeout", requestId: outcome.requestId, afterSeconds: 1 });
      expect(isAlive(pid)).toBe(false);
      expect((await processOf(started)).invocations).toBe(1);
    },
  );

  test("after its answer does not take the next invocation along", async () => {
    const started = await runFixture({ maxEnvironments: 1 });
    const [first, second] = await Promise.all([
      started.call({ action: "exitAfterAnswer" }),
      processOf(started),
    ]);
    expect(first).toBe("answered");
    expect(second.invocations).toBe(1);
  });
});

describe("a bundle that cannot be loaded", () => {
  const bundles: [why: string, options: Partial<LambdaFunctionOptions>, reason: RegExp][] = [
    [
      "throws",
      { codeDirectory: fixture("broken") },
      /^the function could not be loaded: RangeError: the setting GATEHOUSE_X is missing\n.*broken\/lambda\.mjs:1/,
    ],
    [
      "does not exist",
      { handler: "absent.handler" },
      /^the function could not be loaded: Runtime\.ImportModuleError: Error: Cannot find module 'absent'/,
    ],
    [
      "does not export the handler",
      { handler: "lambda.absent" },
      /^the function could not be loaded: Runtime\.HandlerNotFound: lambda\.absent is undefined or not exported/,
    ],
    [
      "has a callback handler",
      { handler: "lambda.callback" },
      /^the function could not be loaded: Runtime\.CallbackHandlerDeprecated: /,
    ],
  ];

  test.each(bundles)(
    "because it %s is a crash that says so, each time",
    async (_why, options, reason) => {
      const { invoke } = await runFixture(options);
      expect(crashReason(await invoke({}))).toMatch(reason);
      expect(crashReason(await invoke({}))).toMatch(reason);
    },
  );

  test("because it has a syntax error is a crash that says so", async () => {
    const codeDirectory = await mkdtemp(path.join(tmpdir(), "gatehouse-bundle-"));
    onTestFinished(() => rm(codeDirectory, { recursive: true }));
    await writeFile(path.join(codeDirectory, "lambda.mjs"), "export const handler = async () => {");
    const { invoke } = await runFixture({ codeDirectory });
    expect(crashReason(await invoke({}))).toMatch(
      /^the function could not be loaded: Runtime\.UserCodeSyntaxError: SyntaxError: Unexpected end of input/,
    );
  });

  test("because the directory is missing is refused at once", async () => {
    await expect(runFixture({ codeDirectory: `${fixture("modules")}-gone` })).rejects.toMatchObject(
      {
        code: "ENOENT",
      },
    );
  });
});

describe("a CommonJS bundle", () => {
  test("is found as lambda.cjs, answers, fails and loads its own files when needed", async () => {
    const { call, invoke } = await runFixture({ codeDirectory: fixture("commonjs") });
    expect(await call({ a: 1 })).toMatchObject({
      event: { a: 1 },
      file: `${fixture("commonjs")}/lambda.cjs`,
    });
    expect(await call({ lazy: true })).toBe("loaded when needed");
    expect(await invoke({ fail: true })).toMatchObject({
      kind: "function-error",
      errorType: "RangeError",
      errorMessage: "out of range",
    });
    expect(await invoke({ missing: true })).toMatchObject({
      kind: "function-error",
      errorMessage: expect.stringContaining("Cannot find module 'a-package-that-was-not-bundled'"),
    });
    expect(crashReason(await invoke({ exit: true }))).toBe(
      "the function's process ended with exit code 3",
    );
  });

  test("streams", async () => {
    const { invoke } = await runFixture({
      codeDirectory: fixture("commonjs"),
      handler: "lambda.stream",
    });
    expect(await textOf(await invoke({}))).toBe("one,two");
  });
});

test("a function follows the stack's clock, from loading on", async () => {
  const clock = createClock();
  clock.advance(86_400);
  const loadedAfter = clock.now();
  const { call } = await runFixture({ clock });
  const loadedBefore = clock.now();
  clock.advance(3_600);
  const before = clock.now();
  const dates = await call({ action: "dates" });
  const after = clock.now();
  expect(dates.loadedAt).toBeGreaterThanOrEqual(loadedAfter);
  expect(dates.loadedAt).toBeLessThanOrEqual(loadedBefore);
  for (const name of ["now", "made", "subclass"]) {
    expect(dates[name]).toBeGreaterThanOrEqual(before);
    expect(dates[name]).toBeLessThanOrEqual(after);
  }
  expect(dates.called).toBeGreaterThan(before - 1000);
  expect(dates.called).toBeLessThanOrEqual(after);
  expect(dates.fixed).toEqual({
    subclass: true,
    instance: true,
    constructor: true,
    epoch: "1970-01-01T00:00:00.000Z",
    parts: "2020-02-29T12:00:00.000Z",
    copy: 1e12,
    utc: 1_577_836_800_000,
    parse: 1_577_836_800_000,
    called: "string",
    invalid: "Invalid Date",
    name: "Date",
    length: 7,
    tag: "[object Date]",
    zone: "UTC",
    own: false,
  });
  const { left } = await call({ action: "echo" });
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(20_000);
});
