import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import https from "node:https";

export interface Exchange {
  readonly options: Omit<https.RequestOptions, "headers"> & {
    readonly headers: OutgoingHttpHeaders;
  };
  readonly body?: string | Buffer;
  readonly timeoutMs: number;
  /** What the error says when it takes longer. */
  readonly late: string;
}

/** Node sends none by itself, and AWS's common rules on a user pool's web ACL block a call without one. */
const userAgent = "gatehouse";

/**
 * One HTTPS request and its answer, without redirects. Every call that the guard makes by itself is made here, but for
 * the SDK's, which has a `User-Agent` of its own.
 *
 * @param read takes what it needs of the answer.
 * @throws {Error} (rejects) when it takes longer than it may, or as `read` does.
 */
export function exchange<T>(
  { options, body, timeoutMs, late }: Exchange,
  read: (response: IncomingMessage) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, "user-agent": userAgent };
    const request = https.request({ ...options, headers }, (response) => {
      read(response).then(resolve, reject);
    });
    // One limit for the whole exchange, also for a server that sends a byte now and then.
    const timer = setTimeout(() => request.destroy(new Error(late)), timeoutMs);
    request.on("close", () => clearTimeout(timer));
    request.on("error", reject);
    request.end(body);
  });
}

/**
 * An answer's body as text.
 *
 * @param what names it in errors.
 * @throws {Error} (rejects) when it has more bytes than it may.
 */
export async function readText(
  response: IncomingMessage,
  maxBytes: number,
  what: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Buffer)) throw new Error(`${what} did not arrive as bytes`);
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`${what} is too large`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
