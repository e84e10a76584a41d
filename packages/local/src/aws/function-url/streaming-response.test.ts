import { once } from "node:events";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { EndedFromOutside, type Invocation } from "../lambda/invocation.ts";
import { result, signedFor, startTestServer } from "../../../test/function-url.ts";
import type { TestServer } from "../../../test/function-url.ts";

const withPrelude = "application/vnd.awslambda.http-integration-response";
const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startStream(
  contentType: string,
  body = new PassThrough(),
): Promise<[TestServer, PassThrough]> {
  return [await start({ kind: "stream", requestId: "request-1", contentType, body }), body];
}

async function start(
  invocation: Invocation,
  invokeMode: "BUFFERED" | "RESPONSE_STREAM" = "RESPONSE_STREAM",
  emptyStreamsHeldSeconds = 0,
): Promise<TestServer> {
  const server = await startTestServer(invocation, { invokeMode, emptyStreamsHeldSeconds });
  servers.push(server);
  return server;
}

/** A client that shows what has come so far, byte for byte. */
async function watch(server: TestServer, method = "GET", version = "1.1") {
  const socket = connect(server.port, "127.0.0.1");
  const lines = signedFor({ method }).headers.map((header) => header.join(": "));
  socket.write(`${method} / HTTP/${version}\r\n${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`);
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => {});
  return {
    socket,
    closed: new Promise((resolve) => socket.once("close", resolve)),
    isClosed: () => socket.closed,
    text: () => text,
    async until(end: string): Promise<string> {
      while (!text.endsWith(end)) await once(socket, "data");
      return text;
    },
  };
}

const prelude = (value: unknown) => `${JSON.stringify(value)}${"\0".repeat(8)}`;

describe("a stream with a prelude", () => {
  test("is sent chunk by chunk, as it comes, under the prelude's status and headers", async () => {
    const [server, body] = await startStream(withPrelude);
    const client = await watch(server);
    const head = prelude({
      statusCode: 201,
      headers: { "content-type": "text/event-stream", "x-own": "1" },
      cookies: ["a=1", "b=2"],
    });
    body.write(head.slice(0, 20));
    body.write(head.slice(20, -3));
    body.write(head.slice(-3));
    const headers = await client.until("\r\n\r\n");
    expect(headers).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(headers).toContain(
      "\r\ncontent-type: text/event-stream\r\nx-own: 1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx-amzn-RequestId: request-1\r\n",
    );
    expect(headers).toContain("\r\nTransfer-Encoding: chunked\r\n");
    body.write("one");
    await client.until("\r\n3\r\none\r\n");
    body.write("seven!!");
    await client.until("7\r\nseven!!\r\n");
    body.end();
    await client.closed;
    expect(client.text().endsWith("0\r\n\r\n")).toBe(true);
    expect(server.explained).toEqual([]);
  });

  test("sends the text of its headers as UTF-8, once", async () => {
    const [server, body] = await startStream(withPrelude);
    body.end(prelude({ headers: { "x-name": "caf\u00e9 \u2603" }, cookies: ["a=\u00e9"] }));
    const { headers } = await server.send(signedFor());
    const values = [headers["x-name"], headers["set-cookie"]?.[0]];
    expect(
      values.map((value) => Buffer.from(value?.toString() ?? "", "latin1").toString()),
    ).toEqual(["caf\u00e9 \u2603", "a=\u00e9"]);
  });

  test("may bring its first bytes together with the prelude, NUL bytes among them", async () => {
    const [server, body] = await startStream(withPrelude);
    body.end(
      `${prelude({ headers: { "WWW-Authenticate": "Bearer", "Content-Length": "3" } })}a\0${"\0".repeat(8)}z`,
    );
    const answer = await server.send(signedFor());
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        "content-type": "application/octet-stream",
        "x-amzn-remapped-www-authenticate": "Bearer",
        "x-amzn-remapped-content-length": "3",
        "transfer-encoding": "chunked",
      },
    });
    expect(answer.headers["www-authenticate"]).toBeUndefined();
    expect(answer.body.toString()).toBe(`a\0${"\0".repeat(8)}z`);
  });

  const bad: [what: string, bytes: string, reason: string][] = [
    ["is not JSON", "{]" + "\0".repeat(8), "the prelude is not JSON"],
    ["is an array", prelude([]), "the prelude is not a JSON object"],
    [
      "has a bad status",
      prelude({ statusCode: 1 }),
      "the prelude is malformed: statusCode 1 is not a final HTTP status",
    ],
    [
      "never ends",
      '{"statusCode":200}',
      "the stream ended before its prelude did: write to it before end()",
    ],
    ["is missing", "", "the stream ended before its prelude did: write to it before end()"],
    [
      "is far too long",
      " ".repeat(1_048_577),
      "the prelude does not end within the first 1048576 bytes",
    ],
  ];
  test.each(bad)("that %s gives 502", async (_what, bytes, reason) => {
    const [server, body] = await startStream(withPrelude);
    body.end(bytes);
    const answer = await server.send(signedFor());
    expect([answer.status, answer.body.toString()]).toEqual([502, "Internal Server Error"]);
    expect(server.explained.flat()).toEqual([`function-url: GET /: 502: ${reason}`]);
  });
});

describe("a stream without a prelude", () => {
  test.each([
    ["text/csv", "text/csv"],
    ["", "application/octet-stream"],
  ])("of type %j is 200 and of type %s", async (contentType, sent) => {
    const [server, body] = await startStream(contentType);
    body.end("a,b");
    const answer = await server.send(signedFor());
    expect([answer.status, answer.headers["content-type"], answer.body.toString()]).toEqual([
      200,
      sent,
      "a,b",
    ]);
  });

  test("and without bytes is an empty answer", async () => {
    const [server, body] = await startStream("text/plain");
    body.end();
    const answer = await server.send(signedFor());
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
  });
});

describe("a function that fails", () => {
  test("in the middle ends the answer like a whole one, and the terminal says so", async () => {
    const [server, body] = await startStream(withPrelude);
    const client = await watch(server);
    body.write(`${prelude({ statusCode: 200 })}part`);
    await client.until("4\r\npart\r\n");
    body.destroy(new Error("Runtime.Unknown"));
    await client.closed;
    expect(client.text().endsWith("4\r\npart\r\n0\r\n\r\n")).toBe(true);
    expect(server.explained.flat()).toEqual([
      "function-url: GET /: the function failed while answering: Runtime.Unknown; to the client the answer ended like a whole one, as on AWS",
    ]);
  });

  test("by running too long cuts the connection, because what AWS does then is not known", async () => {
    const [server, body] = await startStream(withPrelude);
    const client = await watch(server);
    body.write(`${prelude({ statusCode: 200 })}part`);
    await client.until("4\r\npart\r\n");
    body.destroy(new EndedFromOutside("Task timed out after 2 seconds"));
    await client.closed;
    expect(client.text().endsWith("4\r\npart\r\n")).toBe(true);
    expect(server.explained.flat()).toEqual([
      "function-url: GET /: the function failed while answering: Task timed out after 2 seconds; the connection was cut",
    ]);
  });

  test("by running too long resets a connection of HTTP/1.0, which has no other sign of an end", async () => {
    const [server, body] = await startStream("text/plain");
    const client = await watch(server, "GET", "1.0");
    const broken = once(client.socket, "error");
    body.write("part");
    expect(await client.until("\r\n\r\npart")).not.toMatch(/transfer-encoding|content-length/i);
    body.destroy(new EndedFromOutside("Task timed out"));
    expect(await broken).toMatchObject([{ code: "ECONNRESET" }]);
  });

  test("before its first byte gives 502", async () => {
    const body = new PassThrough();
    const server = await startTestServer(
      async () => {
        setTimeout(() => body.destroy(new Error("early")), 20);
        return { kind: "stream", requestId: "r", contentType: "text/plain", body };
      },
      { invokeMode: "RESPONSE_STREAM" },
    );
    servers.push(server);
    expect((await server.send(signedFor())).status).toBe(502);
    expect(server.explained.flat()).toEqual([
      "function-url: GET /: 502: the function failed while answering: early",
    ]);
  });
});

describe("a body that says it is compressed", () => {
  const long = "hello ".repeat(50_000);

  async function answered(encoding: string, pieces: readonly Buffer[], method = "GET") {
    const [server, body] = await startStream(withPrelude);
    const headers = { "content-type": "text/plain", "Content-Encoding": encoding, vary: "x" };
    body.write(prelude({ headers }));
    for (const piece of pieces) body.write(piece);
    body.end();
    const answer = await server.send(signedFor({ method }));
    return { answer, explained: server.explained.flat() };
  }

  test("by gzip arrives decoded, and does not say so any more", async () => {
    const bytes = gzipSync(long);
    const halves = [bytes.subarray(0, 100), bytes.subarray(100)];
    const { answer, explained } = await answered("GZip", halves);
    expect([answer.status, answer.headers["content-encoding"], answer.headers.vary]).toEqual([
      200,
      undefined,
      "x",
    ]);
    expect(answer.body.toString() === long).toBe(true);
    expect(explained).toEqual([]);
  });

  test.each(["GET", "HEAD"])("by gzip and is empty stays empty: %s", async (method) => {
    const { answer } = await answered("gzip", [], method);
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
  });

  test("by gzip and breaks off arrives as far as it came", async () => {
    const { answer } = await answered("gzip", [gzipSync(long).subarray(0, -20)]);
    const text = answer.body.toString();
    expect([long.startsWith(text), text.length > 1000]).toEqual([true, true]);
  });

  test("by gzip and is not is cut", async () => {
    const [server, body] = await startStream(withPrelude);
    body.write(prelude({ headers: { "content-encoding": "gzip" } }));
    body.end("plain");
    await expect(server.send(signedFor())).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(server.explained.flat()).toEqual([
      expect.stringContaining("GET /: the body is not gzip, as its head says: "),
    ]);
  });

  test.each(["br", "deflate", "zstd", "gzip, br"])(
    "by %s is 502, because what AWS makes of it is not known",
    async (encoding) => {
      const { answer, explained } = await answered(encoding, [Buffer.from("x")]);
      expect(answer.status).toBe(502);
      expect(explained).toEqual([
        `function-url: GET /: 502: the body has Content-Encoding "${encoding}"; what a streaming Function URL makes of that is not known (gzip is decoded): do not compress streams`,
      ]);
    },
  );
});

describe("in an account that hangs on empty streams", () => {
  const hanging = (body: PassThrough): Promise<TestServer> =>
    start({ kind: "stream", requestId: "r", contentType: withPrelude, body }, "RESPONSE_STREAM", 2);

  test.each([
    ["GET", 302],
    ["GET", 204],
    ["GET", 304],
    ["HEAD", 200],
    ["GET", 200],
  ])("an answer to %s with status %i and no body stays open", async (method, statusCode) => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const body = new PassThrough();
    const server = await hanging(body);
    body.end(prelude({ statusCode }));
    const client = await watch(server, method);
    while (vi.getTimerCount() === 0 && !client.isClosed()) await setImmediate();
    vi.advanceTimersByTime(1999);
    expect([vi.getTimerCount(), client.isClosed()]).toEqual([1, false]);
    vi.advanceTimersByTime(1);
    await client.closed;
    expect(client.text()).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
    expect(server.explained.flat()).toEqual([
      `function-url: ${method} /: the answer has no body, and in this AWS account its stream stays open until the function's timeout: set streaming: "never-empty" in stages.ts`,
    ]);
  });

  test("a single byte ends it", async () => {
    const body = new PassThrough();
    const server = await hanging(body);
    body.end(`${prelude({ statusCode: 302 })}\n`);
    expect((await server.send(signedFor())).body.toString()).toBe("\n");
    expect(server.explained).toEqual([]);
  });
});

test("a client that leaves does not stop the function", async () => {
  const [server, body] = await startStream("text/plain");
  const client = await watch(server);
  body.write("first");
  await client.until("5\r\nfirst\r\n");
  client.socket.destroy();
  await client.closed;
  // Far more than the buffers between the two hold: it ends only when somebody reads on.
  for (let index = 0; index < 200; index++) {
    if (!body.write(Buffer.alloc(65_536))) await once(body, "drain");
  }
  body.end();
  await once(body, "end");
  expect(server.explained).toEqual([]);
});

test("a client that reads slowly slows the function down", async () => {
  const [server, body] = await startStream("text/plain");
  const client = await watch(server);
  client.socket.pause();
  const limit = 64 * 1_048_576;
  let written = 0;
  while (written < limit && (body.write(Buffer.alloc(65_536)) || (await drained(body)))) {
    written += 65_536;
  }
  expect(written).toBeLessThan(limit);
  client.socket.resume();
  body.end();
  await client.closed;
  expect(client.text().endsWith("0\r\n\r\n")).toBe(true);
});

/** Whether somebody read on within a fifth of a second. */
async function drained(body: PassThrough): Promise<boolean> {
  try {
    await once(body, "drain", { signal: AbortSignal.timeout(200) });
    return true;
  } catch {
    return false;
  }
}

test("an answer to HEAD has headers only", async () => {
  const [server, body] = await startStream(withPrelude);
  const client = await watch(server, "HEAD");
  body.end(`${prelude({ statusCode: 200, headers: { "content-type": "text/plain" } })}never seen`);
  await client.closed;
  expect(client.text()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/plain\r\n/);
  expect(client.text().endsWith("\r\n\r\n")).toBe(true);
  expect(client.text()).not.toContain("never seen");
});

test.each([204, 304])("a byte with status %i is left out", async (statusCode) => {
  const [server, body] = await startStream(withPrelude);
  const client = await watch(server);
  body.end(`${prelude({ statusCode })}\n`);
  await client.closed;
  expect(client.text()).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
  expect(client.text()).not.toMatch(/content-length|transfer-encoding/i);
  expect(client.text().endsWith("\r\n\r\n")).toBe(true);
});

describe("modes that do not fit", () => {
  test("a buffered envelope behind a streaming URL is sent as the body, and explained", async () => {
    const server = await start(result({ statusCode: 404, body: "x" }));
    const answer = await server.send(signedFor());
    expect([answer.status, answer.headers["content-type"], answer.body.toString()]).toEqual([
      200,
      "application/json",
      '{"statusCode":404,"body":"x"}',
    ]);
    expect(server.explained).toHaveLength(1);
    expect(server.explained[0]?.[0]).toContain(
      "its URL streams, so the client got that text as the body",
    );
  });

  test("a stream behind a buffered URL is taken as one result", async () => {
    const body = new PassThrough();
    const server = await start(
      { kind: "stream", requestId: "r", contentType: "application/json", body },
      "BUFFERED",
    );
    body.write('{"statusCode":');
    body.end('202,"body":"ok"}');
    const answer = await server.send(signedFor());
    expect([answer.status, answer.body.toString()]).toEqual([202, "ok"]);
  });

  test("a stream behind a buffered URL that fails gives 502", async () => {
    const body = new PassThrough();
    const server = await start(
      { kind: "stream", requestId: "r", contentType: "application/json", body },
      "BUFFERED",
    );
    // It may come before anybody reads.
    body.on("error", () => {}).write('{"statusCode":200}');
    setTimeout(() => body.destroy(new Error("late")), 20);
    expect((await server.send(signedFor())).status).toBe(502);
  });
});
