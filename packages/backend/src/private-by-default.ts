import type { MiddlewareHandler } from "hono";

import type { AppEnv } from "./app-env.ts";

/** No cache keeps an answer that was made for one caller, unless the route says otherwise. */
export function privateByDefault(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "private, no-store");
  };
}
