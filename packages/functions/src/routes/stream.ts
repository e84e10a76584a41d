import { apiFunction } from "@sst-gatehouse/blueprint/api-function";
import type { Handler } from "hono";
import { HTTPException } from "hono/http-exception";

import type { AppEnv } from "sst-gatehouse/hono";
import { eventStream } from "./event-stream.ts";
import { wholeNumber } from "./query-number.ts";

/** Lambda stops the function at its timeout; a stream that is to end by itself must be done before that. */
const maxDurationMs = (apiFunction.timeoutSeconds - 5) * 1000;

/** Server-sent events, as many and as far apart as the query says. */
export const stream: Handler<AppEnv> = (c) => {
  const events = wholeNumber(c, "events", { min: 1, max: 1000, default: 5 });
  const intervalMs = wholeNumber(c, "interval", { min: 0, max: maxDurationMs, default: 1000 });
  if ((events - 1) * intervalMs > maxDurationMs) {
    throw new HTTPException(400, {
      message: `All events together may take at most ${maxDurationMs} milliseconds.`,
    });
  }
  return c.body(eventStream({ events, intervalMs }), 200, { "content-type": "text/event-stream" });
};
