import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

import { afterEach, describe, expect, test } from "vitest";

import { createOriginFetch } from "./origin-fetch.ts";
import type { OriginAnswer, OriginFetchOptions } from "./origin-fetch.ts";
import { portOf, startServer } from "../../../../test/cloudfront.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function fetchFrom(
  port: number,
  method: string,
  changes: Partial<OriginFetchOptions> = {},
): Promise<OriginAnswer> {
  const fetcher = createOriginFetch({
    dial: () => ({ host: "127.0.0.1", port }),
    connectionAttempts: 3,
    connectionTimeoutSeconds: 5,
    keepaliveTimeoutSeconds: 5,
    ...changes,
  });
  cleanups.push(() => fetcher.close());
  const headers = [
    ["Host", "origin.example"],
    ["Connection", "Keep-Alive"],
    ["Content-Length", "0"],
  ] as const;
  return fetcher.fetch(
    { method, target: "/", headers, body: Buffer.alloc(0), readTimeoutSeconds: 0.3 },
    new AbortController().signal,
  );
}

/** A TCP listener that counts connections. */
async function listen(
  onConnection: (socket: Socket) => void,
): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    connections += 1;
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: portOf(server.address()), connections: () => connections };
}

async function refusingPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());
  server.close();
  await once(server, "close");
  return port;
}

describe("a port that refuses", () => {
  test("is tried three times for a GET", async () => {
    const port = await refusingPort();
    const why = `not connected (connect ECONNREFUSED 127.0.0.1:${port})`;
    expect(await fetchFrom(port, "GET")).toEqual({
      kind: "failed",
      status: 502,
      attempts: [`attempt 1: ${why}`, `attempt 2: ${why}`, `attempt 3: ${why}`],
    });
  });

  test("is tried once for a POST", async () => {
    const port = await refusingPort();
    const attempts = [`attempt 1: not connected (connect ECONNREFUSED 127.0.0.1:${port})`];
    expect(await fetchFrom(port, "POST")).toEqual({ kind: "failed", status: 502, attempts });
  });
});

const counted: [method: string, connections: number][] = [
  ["GET", 3],
  ["HEAD", 3],
  ["POST", 1],
  ["PUT", 1],
  ["PATCH", 1],
  ["DELETE", 1],
  ["OPTIONS", 1],
];

test.each(counted)("an origin that hangs up sees a %s %i times", async (method, connections) => {
  const origin = await listen((socket) => socket.once("data", () => socket.destroy()));
  const answer = await fetchFrom(origin.port, method);
  expect([answer.kind, origin.connections()]).toEqual(["failed", connections]);
});

test.each([
  ["GET", 3],
  ["POST", 1],
])(
  "an origin that never answers sees a %s %i times, and is given up with 504",
  async (method, connections) => {
    const origin = await listen(() => {});
    const answer = await fetchFrom(origin.port, method);
    const attempts = Array.from(
      { length: connections },
      (_, index) => `attempt ${index + 1}: no answer within 0.3 s`,
    );
    expect(answer).toEqual({ kind: "failed", status: 504, attempts });
    expect(origin.connections()).toBe(connections);
  },
);

test("respects a number of attempts below three", async () => {
  const origin = await listen((socket) => socket.destroy());
  await fetchFrom(origin.port, "GET", { connectionAttempts: 2 });
  expect(origin.connections()).toBe(2);
});

test("a GET that fails once is answered by the second attempt", async () => {
  let first = true;
  const origin = await startServer((request, response) => {
    if (first) request.socket.destroy();
    else response.end("second");
    first = false;
  });
  cleanups.push(() => origin.close());
  const answer = await fetchFrom(origin.port, "GET");
  expect(answer.kind === "answer" && answer.response.statusCode).toBe(200);
});

test("gives up with 504 on an origin whose connections are never accepted", async () => {
  // A listener that is busy for ever, with a queue of one: once that is full, the system leaves connections unanswered.
  const script = `const s = require("net").createServer();
    s.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("fs").writeSync(1, s.address().port + "\\n");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  cleanups.push(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  const port = Number(String(line));
  for (let index = 0; index < 4; index += 1) {
    const filler = connect(port, "127.0.0.1").on("error", () => {});
    cleanups.push(() => void filler.destroy());
    await Promise.race([
      once(filler, "connect"),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]);
  }
  const answer = await fetchFrom(port, "POST", { connectionTimeoutSeconds: 0.2 });
  expect(answer).toEqual({
    kind: "failed",
    status: 504,
    attempts: ["attempt 1: not connected within 0.2 s"],
  });
});
