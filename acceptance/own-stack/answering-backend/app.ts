import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { AppEnv } from "@sst-gatehouse/backend";
import { Hono } from "hono";

/** What a test asks `/answer` for, as JSON in the query. */
export interface AskedAnswer {
  readonly status: number;
  /** As a route sets them: a name may repeat, and a value has one character for each byte. */
  readonly headers: [name: string, value: string][];
  /** Base64; no body at all when absent. */
  readonly body?: string;
}

const bodyOfDocument = "the whole document";
export const etag = `"${createHash("sha256").update(bodyOfDocument).digest("hex").slice(0, 16)}"`;

/** A backend as an adopter writes one, whose routes answer what a test wants to see arrive. */
export const app = new Hono<AppEnv>();

app.all("/answer", (c) => {
  const { status, headers, body }: AskedAnswer = JSON.parse(c.req.query("as") ?? "");
  const bytes = body === undefined ? null : Buffer.from(body, "base64");
  return new Response(bytes, { status, headers });
});

app.get("/document", (c) => {
  const headers = { etag, "cache-control": "private, no-cache", vary: "Accept, Cookie" };
  if (c.req.header("if-none-match") === etag) return c.body(null, 304, headers);
  const range = /^bytes=(\d+)-(\d+)$/.exec(c.req.header("range") ?? "");
  if (range === null) return c.body(bodyOfDocument, 200, headers);
  const [first, last] = [Number(range[1]), Number(range[2])];
  return c.body(bodyOfDocument.slice(first, last + 1), 206, {
    ...headers,
    "accept-ranges": "bytes",
    "content-range": `bytes ${first}-${last}/${bodyOfDocument.length}`,
  });
});

app.get("/zeros", (c) => c.body(new Uint8Array(Number(c.req.query("bytes")))));

// Begins, waits until the test has put a file next to the code, and then goes on or fails.
app.get("/interrupted", (c) => {
  const { released = "", how, type = "text/plain", length } = c.req.query();
  const [begun, half] =
    type === "text/event-stream" ? ["data: begun\n\n", "data: ha"] : ["begun, ", "half done"];
  const encoder = new TextEncoder();
  const pieces = (async function* (): AsyncGenerator<string, void> {
    yield begun;
    while (!existsSync(new URL(`./${released}`, import.meta.url))) await sleep(5);
    yield half;
    if (how === "throws") throw new Error("a route's own fault");
    if (how === "exits") process.exit(3);
    yield ", done";
  })();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done === true) controller.close();
      else controller.enqueue(encoder.encode(piece.value));
    },
  });
  return c.body(stream, 200, {
    "content-type": type,
    ...(length === undefined ? {} : { "content-length": length }),
  });
});
