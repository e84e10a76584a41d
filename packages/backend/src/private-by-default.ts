import type { MiddlewareHandler } from "hono";

import type { AppEnv } from "./app-env.ts";

/** An answer made for one caller is kept by nobody, unless the route says otherwise. */
export function privateByDefault(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "private, no-store");
  };
}
