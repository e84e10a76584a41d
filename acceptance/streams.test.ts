import { createCipheriv, createHash } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

import { beforeAll, describe, expect, test } from "vitest";

import { viaApp } from "./support/client.ts";
import { needsStreams } from "./support/requirements.ts";
import { isStack, loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

needsStreams();

/** Resolves when status and headers are there; nothing of such an answer is recorded. */
function open(path: string): Promise<IncomingMessage> {
  const url = new URL(target.appUrl);
  return new Promise((resolve, reject) => {
    const start = isStack(target) ? httpRequest : httpsRequest;
    const request = start({
      host: isStack(target) ? "127.0.0.1" : url.hostname,
      port: url.port,
      path,
      headers: { host: url.host, authorization: `Bearer ${target.tokens.id}` },
      agent: false,
    });
    request.on("error", reject).on("response", resolve).end();
  });
}

describe("a download of 21 MB", () => {
  const bytes = 21 * 1024 * 1024;

  test("arrives byte for byte, in chunks, with the length that its route announced", async () => {
    const response = await open(`/files/long.bin?bytes=${bytes}`);
    const { "content-length": framed, "x-gatehouse-content-length": announced } = response.headers;
    expect([response.statusCode, framed, announced]).toEqual([200, undefined, String(bytes)]);
    const hash = createHash("sha256");
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      hash.update(chunk);
      length += chunk.length;
    }
    expect([length, response.complete]).toEqual([bytes, true]);
    expect(hash.digest("hex")).toBe(
      createHash("sha256").update(madeUp("long.bin", bytes)).digest("hex"),
    );
  }, 60_000);

  test("that the client breaks off leaves the next one whole", async () => {
    const left = await open(`/files/long.bin?bytes=${bytes}`);
    left.destroy();
    const answer = await viaApp(target, { path: "/files/b.bin?bytes=9", token: target.tokens.id });
    expect(answer.body.equals(madeUp("b.bin", 9))).toBe(true);
  });
});

describe("server-sent events", () => {
  test("arrive before the answer is complete", async () => {
    const response = await open("/stream?events=2&interval=1500");
    const pieces: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await pieces.next()).value);
    expect(response.headers["content-type"]).toBe("text/event-stream");
    expect(await next()).toBe('id: 1\nevent: tick\ndata: {"number":1,"of":2}\n\n');
    expect(response.complete).toBe(false);
    expect(await next()).toBe('id: 2\nevent: tick\ndata: {"number":2,"of":2}\n\n');
    expect(await next()).toBe("undefined");
    expect(response.complete).toBe(true);
  });

  test("do not delay HEAD, which has only the headers", async () => {
    const token = target.tokens.id;
    const answer = await viaApp(target, { method: "HEAD", path: "/stream?events=2", token });
    expect([answer.status, answer.header("content-type"), answer.body.length]).toEqual([
      200,
      "text/event-stream",
      0,
    ]);
  });
});

/** The bytes that `/files/<seed>` is made of: the key stream of AES-256-CTR for the key SHA-256(seed). */
function madeUp(seed: string, bytes: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
