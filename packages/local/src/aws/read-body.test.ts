import { once } from "node:events";
import { connect } from "node:net";

import { type LoopbackServer, startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type BodyLimit, readBody } from "./read-body.ts";

let server: LoopbackServer;
beforeEach(async () => {
  server = await startLoopbackServer();
});
afterEach(() => server.close());

/** What is read of a request whose sender writes these pieces, and leaves after the last. */
async function read(limit: BodyLimit, length: number, ...pieces: readonly string[]) {
  const result = new Promise<unknown>((resolve) => {
    server.handle = async (request, response) => {
      const body = await readBody(request, limit);
      resolve(typeof body === "string" ? body : body.toString());
      response.writeHead(200, { connection: "close" }).end();
    };
  });
  const socket = connect(Number(new URL(server.origin).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write(`POST / HTTP/1.1\r\nhost: here\r\ncontent-length: ${length}\r\n\r\n`);
  for (const piece of pieces) socket.write(piece);
  return { socket, result };
}

describe.each(["dropped", "unread"] as const)("a body, when the rest of one is %s", (beyond) => {
  const limit = { maxBytes: 4, beyond } as const;

  test("is read whole up to the limit", async () => {
    const { result, socket } = await read(limit, 4, "ab", "cd");
    expect(await result).toBe("abcd");
    socket.destroy();
  });

  test("is too large one byte later", async () => {
    const { result, socket } = await read(limit, 5, "abcde");
    expect(await result).toBe("too-large");
    socket.destroy();
  });

  test("is cut off when the sender leaves in the middle", async () => {
    const { result, socket } = await read(limit, 4, "ab");
    setTimeout(() => socket.destroy(), 50);
    expect(await result).toBe("cut-off");
  });
});

test("a body that says it is too large is known at once where the rest stays unread", async () => {
  const { result, socket } = await read({ maxBytes: 4, beyond: "unread" }, 5);
  expect(await result).toBe("too-large");
  socket.destroy();
});

test("a body that is too large is read on where the rest is dropped", async () => {
  const { result, socket } = await read({ maxBytes: 4, beyond: "dropped" }, 6, "abcde");
  let known = false;
  void result.then(() => (known = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(known).toBe(false);
  socket.write("f");
  expect(await result).toBe("too-large");
  socket.destroy();
});
