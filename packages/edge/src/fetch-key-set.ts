import type { IncomingMessage } from "node:http";
import https from "node:https";

const timeoutMs = 3000;
/** Cognito's key set has two keys and about 1 KB. */
const maxBytes = 64 * 1024;

/**
 * Gets a JSON document over HTTPS. No redirects: the URL is a trust anchor. Built into a file of its own,
 * `fetch-key-set.cjs`, because a request with a known key never needs it.
 *
 * @throws {Error} (rejects) on any status but 200, after three seconds, or over 64 KB.
 */
export function fetchJson(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { headers: { accept: "application/json" } }, (response) => {
      readJson(response).then(resolve, reject);
    });
    // One limit for the whole exchange, also for a server that sends a byte now and then.
    const timer = setTimeout(
      () => request.destroy(new Error("the key set did not arrive in time")),
      timeoutMs,
    );
    request.on("close", () => clearTimeout(timer));
    request.on("error", reject);
  });
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the key set was answered with status ${response.statusCode ?? 0}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Buffer)) throw new Error("the key set did not arrive as bytes");
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error("the key set is too large");
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
