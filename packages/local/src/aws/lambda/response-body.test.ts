import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";

import { describe, expect, onTestFinished, test } from "vitest";

import { bodyOf, crashReason, textOf } from "../../../test/lambda/read-invocation.ts";
import { runFixture } from "../../../test/lambda/run-fixture.ts";
import { startGate } from "../../../test/lambda/start-gate.ts";
import { openOnLoopback } from "./loopback-server.ts";
import { createResponseBody } from "./response-body.ts";

describe("a streaming handler", () => {
  test("sends prelude, eight zero bytes and body as at AWS", async () => {
    const { invoke } = await runFixture({ handler: "lambda.stream" });
    const outcome = await invoke({ prelude: true, steps: [{ write: "a" }, { write: "b" }] });
    expect(outcome).toMatchObject({
      kind: "stream",
      contentType: "application/vnd.awslambda.http-integration-response",
    });
    expect(await textOf(outcome)).toBe(
      `{"statusCode":201,"headers":{"x-a":"1"}}${"\0".repeat(8)}ab`,
    );
  });

  test("without prelude and without a byte is an empty stream", async () => {
    const { invoke } = await runFixture({ handler: "lambda.stream" });
    const outcome = await invoke({ steps: [] });
    expect(outcome).toMatchObject({ kind: "stream", contentType: "application/octet-stream" });
    expect(await textOf(outcome)).toBe("");
  });

  test("sends each chunk at its own time", async () => {
    const gate = await startGate();
    const { invoke } = await runFixture({ network: gate.network, handler: "lambda.stream" });
    const outcome = await invoke({
      steps: [{ write: "early" }, { fetch: gate.url }, { write: "late" }],
    });
    const chunks = bodyOf(outcome)[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe("early");
    // The function can only go on when this test lets it, and the first chunk is here already.
    (await gate.next()).open();
    expect(String((await chunks.next()).value)).toBe("late");
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  test("carries more than 6 MB, unchanged, to a slow reader", async () => {
    const { invoke } = await runFixture({ handler: "lambda.stream" });
    const parts = Array.from({ length: 100 }, (_, index) =>
      String.fromCharCode(97 + (index % 26)).repeat(80_000),
    );
    const outcome = await invoke({ steps: parts.map((write) => ({ write })) });
    expect((await textOf(outcome)) === parts.join("")).toBe(true);
  });

  test("that throws before the first byte is a plain function error", async () => {
    const { invoke } = await runFixture({ handler: "lambda.stream" });
    expect(await invoke({ failFirst: true })).toMatchObject({
      kind: "function-error",
      errorType: "QuotaError",
      errorMessage: "before the first byte",
    });
    expect(await textOf(await invoke({ steps: [{ write: "next" }] }))).toBe("next");
  });

  test("that ends before the first byte is a crash", async () => {
    const { invoke } = await runFixture({ handler: "lambda.stream" });
    expect(crashReason(await invoke({ exitFirst: true }))).toBe(
      "the function's process ended with exit code 4",
    );
  });

  const failures: [why: string, step: object, kind: string, message: RegExp, received: RegExp][] = [
    [
      "throws",
      { fail: "in the middle" },
      "Error",
      /^QuotaError: in the middle$/,
      /^begun, half done$/,
    ],
    [
      "ends",
      { exit: 5 },
      "Error",
      /^the function's process ended with exit code 5/,
      /^begun, (half done)?$/,
    ],
    [
      "hangs",
      { hang: true },
      "EndedFromOutside",
      /^Task timed out after 2 seconds$/,
      /^begun, half done$/,
    ],
  ];
  test.each(failures)(
    "that %s in the middle breaks the body behind what it wrote",
    async (_why, step, name, message, text) => {
      const gate = await startGate();
      const started = await runFixture({
        network: gate.network,
        handler: "lambda.stream",
        timeoutSeconds: 2,
      });
      const outcome = await started.invoke({
        steps: [{ write: "begun, " }, { fetch: gate.url }, { write: "half done" }, step],
      });
      const body = bodyOf(outcome);
      const received: string[] = [];
      body.on("data", (chunk) => received.push(String(chunk)));
      const broken = new Promise<Error>((resolve) => body.once("error", resolve));
      (await gate.next()).open();
      expect(await broken).toMatchObject({ name, message: expect.stringMatching(message) });
      expect(received.join("")).toMatch(text);
      expect(await textOf(await started.invoke({ steps: [{ write: "and on" }] }))).toBe("and on");
    },
  );

  test("that breaks its response off is ended by the runtime client, as at AWS", async () => {
    const gate = await startGate();
    const started = await runFixture({ network: gate.network, handler: "lambda.stream" });
    const steps = [{ write: "begun" }, { fetch: gate.url }, { destroy: true }];
    const body = bodyOf(await started.invoke({ steps })).resume();
    const broken = new Promise<Error>((resolve) => body.once("error", resolve));
    (await gate.next()).open();
    const reason = /^the function's process ended with exit code 1\n[^]*socket hang up/;
    expect((await broken).message).toMatch(reason);
    expect(crashReason(await started.invoke({ steps: [{ destroy: true }] }))).toMatch(reason);
    expect(await textOf(await started.invoke({ steps: [{ write: "and on" }] }))).toBe("and on");
  });

  test("runs on when the reader leaves, and is busy until it is done", async () => {
    const gate = await startGate();
    const started = await runFixture({
      network: gate.network,
      handler: "lambda.stream",
      maxEnvironments: 1,
    });
    const outcome = await started.invoke({
      steps: [
        { write: "early" },
        { fetch: `${gate.url}1` },
        { write: "late" },
        { fetch: `${gate.url}2` },
      ],
    });
    const first = await gate.next();
    bodyOf(outcome).destroy();
    const next = started.invoke({ steps: [{ fetch: `${gate.url}3` }] });
    first.open();
    (await gate.next()).open();
    (await gate.next()).open();
    expect((await next).kind).toBe("stream");
    expect(gate.arrived.map((arrival) => arrival.path)).toEqual(["/1", "/2", "/3"]);
  });
});

test("a reader that comes late still gets what was written before the error", async () => {
  let body: Readable | undefined;
  let request: IncomingMessage | undefined;
  const server = createServer((incoming) => {
    request = incoming;
    body = createResponseBody(incoming, async () => new Error("it failed"));
  });
  const { port, close } = await openOnLoopback(server);
  onTestFinished(close);
  const client = httpRequest({ host: "127.0.0.1", port, method: "POST" }).on("error", () => {});
  client.write("first, ");
  client.end("second");
  await expect.poll(() => request?.complete).toBe(true);
  // What an error would need to overtake.
  for (let turns = 0; turns < 5; turns += 1) await setImmediate();
  const received: string[] = [];
  body?.on("data", (chunk) => received.push(String(chunk)));
  const error = await new Promise<Error>((resolve) => body?.once("error", resolve));
  expect(error.message).toBe("it failed");
  expect(received.join("")).toBe("first, second");
});
