import type { IncomingMessage } from "node:http";

/** How much beyond the limit is read before the answer. */
const drainedBytes = 64 * 1024 * 1024;

export interface BodyLimit {
  readonly maxBytes: number;
  /**
   * What becomes of a body that is larger. `dropped`: it is read on, so that a client that is still sending hears the
   * answer. `unread`: it is answered at once, and the connection must be closed after the answer.
   */
  readonly beyond: "dropped" | "unread";
}

/**
 * Reads a request's whole body.
 *
 * @returns `too-large` when it has more than `maxBytes`; `cut-off` when the sender left in the middle.
 */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, beyond }: BodyLimit,
): Promise<Buffer | "too-large" | "cut-off"> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (beyond === "unread" && declared > maxBytes) return "too-large";
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      if (beyond === "unread") request.pause();
      if (beyond === "unread" || size > maxBytes + drainedBytes) resolve("too-large");
    });
    request.on("end", () => resolve(size > maxBytes ? "too-large" : Buffer.concat(chunks)));
    request.on("error", () => resolve("cut-off"));
    request.on("close", () => resolve("cut-off"));
  });
}
