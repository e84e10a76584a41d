import type { IncomingMessage } from "node:http";

/** What is read and thrown away beyond the limit, so that a client that is still sending hears the answer. */
const drainedBytes = 64 * 1024 * 1024;

/**
 * Collects a request body.
 *
 * @returns `too-large` when it has more than `maxBytes`, after reading on for a while; `gone` when the client left.
 */
export async function readRequestBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | "too-large" | "gone"> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > maxBytes + drainedBytes) resolve("too-large");
    });
    request.on("end", () => resolve(size > maxBytes ? "too-large" : Buffer.concat(chunks)));
    request.on("error", () => resolve("gone"));
    request.on("close", () => resolve("gone"));
  });
}
