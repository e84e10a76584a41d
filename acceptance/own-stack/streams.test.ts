import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ask, openAnswer, startStreamingStack, type StreamingStack } from "./streaming-stack.ts";

/** For what other processes print. */
const patience = { timeout: 15_000 };

let started: StreamingStack;
beforeAll(async () => {
  started = await startStreamingStack();
});
afterAll(() => started.stack.close());

describe("server-sent events", () => {
  test("come one by one: none is written before the one before it was read", async () => {
    const { response, next } = await openAnswer(
      started.stack,
      ask("/events", { name: "one-by-one", events: 4 }),
    );
    expect([response.statusCode, response.headers["content-type"]]).toEqual([
      200,
      "text/event-stream",
    ]);
    const directory = directoryIn(await next());
    const read: string[] = [];
    for (const event of [1, 2, 3, 4]) {
      // The backend waits for this file, so what is read now was not written before.
      await writeFile(join(directory, `one-by-one-${event}`), "");
      read.push(String(await next()));
    }
    expect(read).toEqual(["data: 1\n\n", ": \n\n", "data: 3\n\n", ": \n\n"]);
    expect(await next()).toBeUndefined();
    expect(response.complete).toBe(true);
  });

  test("of two clients do not wait for each other", async () => {
    const [a, b] = await Promise.all(
      ["a", "b"].map((name) => openAnswer(started.stack, ask("/events", { name, events: 1 }))),
    );
    const [, directory] = [directoryIn(await a?.next()), directoryIn(await b?.next())];
    await writeFile(join(directory ?? "", "b-1"), "");
    expect([String(await b?.next()), await b?.next()]).toEqual(["data: 1\n\n", undefined]);
    a?.leave();
  });
});

describe("a download", () => {
  test.each([1, 65_521, 24_000_000])("of %i bytes arrives byte for byte", async (bytes) => {
    const { response, next } = await openAnswer(started.stack, ask("/download", { bytes }));
    const hash = createHash("sha256");
    let length = 0;
    let pieces = 0;
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      hash.update(chunk);
      length += chunk.length;
      pieces += 1;
    }
    expect([length, hash.digest("hex"), response.complete]).toEqual([
      bytes,
      createHash("sha256").update(downloaded(bytes)).digest("hex"),
      true,
    ]);
    expect(pieces).toBeGreaterThan(Math.floor(bytes / 1_000_000));
  });
});

describe("a backend that fails in the middle", () => {
  test("ends like a whole one, and only the terminal says that it failed", async () => {
    const { response, next } = await openAnswer(started.stack, ask("/breaks", {}));
    expect(response.statusCode).toBe(200);
    const read: string[] = [];
    for (let chunk = await next(); chunk !== undefined; chunk = await next())
      read.push(String(chunk));
    expect([read.join(""), response.complete]).toEqual(["the first part", true]);
    await expect
      .poll(
        () => started.lines.filter((line) => line.startsWith("function-url: GET /breaks")),
        patience,
      )
      .toEqual([expect.stringContaining("the answer ended like a whole one, as on AWS")]);
  });

  test("does not take the next request along", async () => {
    const { response, next } = await openAnswer(started.stack, ask("/download", { bytes: 3 }));
    expect([response.statusCode, String(await next())]).toEqual([200, "\0\0\0"]);
  });
});

describe("a client that leaves", () => {
  test("ends its own transfer only: the function runs to its end, as on Lambda, and others are served", async () => {
    const { next, leave } = await openAnswer(
      started.stack,
      ask("/events", { name: "left", events: 3 }),
    );
    const directory = directoryIn(await next());
    leave();
    for (const event of [1, 2, 3]) await writeFile(join(directory, `left-${event}`), "");
    await expect
      .poll(() => started.lines.filter((line) => line.includes("left wrote everything")), patience)
      .toHaveLength(1);
    const other = await openAnswer(started.stack, ask("/download", { bytes: 1 }));
    expect(other.response.statusCode).toBe(200);
  });
});

function directoryIn(first: Buffer | undefined): string {
  return /^data: (.+)\n\n$/.exec(String(first))?.[1] ?? "";
}

/** The bytes that the backend makes up. */
function downloaded(bytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let sent = 0; sent < bytes;) {
    const chunk = Buffer.alloc(Math.min(65_521, bytes - sent), sent % 251);
    sent += chunk.length;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
