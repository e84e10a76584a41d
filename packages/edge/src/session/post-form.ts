import type { IncomingMessage } from "node:http";
import https from "node:https";

const timeoutMs = 5000;
/** Three tokens are about 5 KB; with the largest that Cognito makes, still far less than this. */
const maxBytes = 128 * 1024;

export interface FormAnswer {
  readonly status: number;
  /** Parsed JSON; `undefined` when there is none. */
  readonly body: unknown;
}

export type PostForm = (
  url: string,
  fields: Readonly<Record<string, string>>,
) => Promise<FormAnswer>;

/**
 * Posts a URL-encoded form over HTTPS, once: codes and rotating refresh tokens do not survive a second attempt. No
 * redirects, and a connection of its own, because one that outlived a frozen container is dead.
 *
 * @throws {Error} (rejects) when no whole answer comes within five seconds, or one over 128 KB.
 */
export const postForm: PostForm = (url, fields) =>
  new Promise((resolve, reject) => {
    const body = new URLSearchParams(fields).toString();
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": Buffer.byteLength(body),
      accept: "application/json",
    };
    const request = https.request(url, { method: "POST", headers, agent: false }, (response) => {
      read(response).then(resolve, reject);
    });
    const timer = setTimeout(() => request.destroy(new Error("no answer in time")), timeoutMs);
    request.on("close", () => clearTimeout(timer));
    request.on("error", reject);
    request.end(body);
  });

async function read(response: IncomingMessage): Promise<FormAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Buffer)) throw new Error("the answer did not arrive as bytes");
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString("utf8")) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON: the status says the rest
  }
}
