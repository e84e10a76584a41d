import { createHash } from "node:crypto";

import type { Handler } from "hono";

import type { AppEnv } from "sst-gatehouse/hono";
import { receivedBytes } from "sst-gatehouse/hono";

/** Credentials, which no answer repeats. */
const secretHeaders = new Set([
  "authorization",
  "cookie",
  "x-amz-security-token",
  "x-gatehouse-token",
]);

/** Says what arrived: the path and query as on the wire, the headers, and the hash of the body's bytes. */
export const echo: Handler<AppEnv> = (c) => {
  const { event } = c.env;
  const body = receivedBytes(event);
  return c.json({
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: Object.fromEntries(
      Object.entries(event.headers).filter(([name]) => !secretHeaders.has(name.toLowerCase())),
    ),
    body: { sha256: createHash("sha256").update(body).digest("hex"), bytes: body.length },
  });
};
