import type { IncomingMessage } from "node:http";

/**
 * Reads a whole request body, but never more than `maxBytes`.
 *
 * @returns `"too-large"` as soon as the limit is known to be passed; the rest of the body is left unread, so the
 *   connection must be closed after the answer.
 */
export async function readRequestBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | "too-large"> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return "too-large";
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxBytes) {
        request.removeAllListeners("data").pause();
        resolve("too-large");
      }
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
  });
}
