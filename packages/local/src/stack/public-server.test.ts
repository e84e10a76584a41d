import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startPublicServer, type PublicServer } from "./public-server.ts";

const secret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";
const served = "and the stack serves only app.localhost:1, the Function URL's own host";

let server: PublicServer;
let explained: string[];

beforeEach(async () => {
  explained = [];
  server = await startPublicServer(
    0,
    () => ({
      find: (host) =>
        host === "app.localhost:1" ? (_, response) => response.end("served") : undefined,
      names: ["app.localhost:1", "the Function URL's own host"],
    }),
    (from, reason) => explained.push(`${from}: ${reason}`),
  );
});
afterEach(() => server.close());

/** Sends a head exactly as written. @returns the whole answer. */
async function exchange(...head: readonly string[]): Promise<string> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write([...head, "Connection: close", "", ""].join("\r\n"));
  return text(socket);
}

test("a name that is served gets through, in any case, and nothing is said", async () => {
  expect(await exchange("GET / HTTP/1.1", "Host: App.Localhost:1")).toContain("\r\nserved");
  expect(explained).toEqual([]);
});

// Java's own client wishes for h2c with every request over http, and curl with --http2.
test.each(["h2c", "websocket"])(
  "a wish for %s that nothing here takes up is no reason to leave the request unanswered",
  async (protocol) => {
    const wish = [`Upgrade: ${protocol}`, "Connection: Upgrade"];
    expect(await exchange("GET / HTTP/1.1", "Host: app.localhost:1", ...wish)).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*\r\nserved/,
    );
  },
);

describe("the terminal says why an answer was 421:", () => {
  test.each([
    [
      "another name",
      ["GET / HTTP/1.1", "Host: Evil.Example:80"],
      `Host is "evil.example:80", ${served}`,
    ],
    ["no name", ["GET / HTTP/1.1", "Host:"], `the Host header is empty, ${served}`],
    [
      "a secret as the name",
      ["GET / HTTP/1.1", `Host: ${secret}`],
      `Host is something unreadable, ${served}`,
    ],
    [
      "a text as the name",
      ["GET / HTTP/1.1", "Host: a b"],
      `Host is something unreadable, ${served}`,
    ],
    [
      "a name of 101 characters",
      ["GET / HTTP/1.1", `Host: ${"a".repeat(50)}.${"b".repeat(50)}`],
      `Host is something unreadable, ${served}`,
    ],
    ["no Host header", ["GET / HTTP/1.0"], "the request has 0 Host headers; it must have one"],
    [
      "two Host headers",
      ["GET / HTTP/1.1", "Host: app.localhost:1", "Host: app.localhost:1"],
      "the request has 2 Host headers; it must have one",
    ],
    [
      "an absolute target",
      [`GET http://app.localhost:1/${secret} HTTP/1.1`, "Host: app.localhost:1"],
      "the request target is an absolute URL, as for a proxy, and this is not a proxy: send only the path, and the name as Host",
    ],
    [
      "the target *",
      ["OPTIONS * HTTP/1.1", "Host: app.localhost:1"],
      "the request target is `*`, which nothing here answers",
    ],
  ])("%s", async (_what, head, reason) => {
    const answer = await exchange(...head);
    expect(answer).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
    expect(answer).toContain("\r\nThis name is not served here.\n");
    expect(explained).toEqual([`stack: 421: ${reason}`]);
  });
});
