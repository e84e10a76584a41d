import { createHash } from "node:crypto";

import type { Handler } from "hono";

import type { AppEnv } from "sst-gatehouse/hono";
import { ownAuthorization, receivedBytes } from "sst-gatehouse/hono";

/** Credentials, which no answer repeats. */
const secretHeaders = new Set([
  "authorization",
  "cookie",
  "x-amz-security-token",
  "x-gatehouse-token",
]);

const sha256 = (value: string | Uint8Array): string =>
  createHash("sha256").update(value).digest("hex");

/**
 * Says what arrived: the path and query as on the wire, the headers, and the hash of the body's bytes; of a sender's own
 * `Authorization` the hash, too.
 */
export const echo: Handler<AppEnv> = (c) => {
  const { event } = c.env;
  const body = receivedBytes(event);
  const own = ownAuthorization(c);
  return c.json({
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: {
      ...Object.fromEntries(
        Object.entries(event.headers).filter(([name]) => !secretHeaders.has(name.toLowerCase())),
      ),
      ...(own !== undefined && { "x-gatehouse-authorization": `sha256:${sha256(own)}` }),
    },
    body: { sha256: sha256(body), bytes: body.length },
  });
};
