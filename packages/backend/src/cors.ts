import { cors as corsLists } from "@sst-gatehouse/blueprint/cors";
import type { MiddlewareHandler } from "hono";

import type { AppEnv } from "./app-env.ts";

/**
 * Lets scripts of the listed origins read the answers. The guard answers their preflights.
 *
 * What a route exposes by itself stays exposed. Exact origins only, and never `Access-Control-Allow-Credentials`: a bearer token works across origins, a cookie never does.
 */
export function cors(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  const listed = new Set(origins);
  return async (c, next) => {
    await next();
    c.header("vary", "Origin", { append: true });
    const origin = c.req.header("origin");
    if (origin === undefined || !listed.has(origin)) return;
    c.header("access-control-allow-origin", origin);
    c.header(
      "access-control-expose-headers",
      exposed(c.res.headers.get("access-control-expose-headers")),
    );
  };
}

function exposed(byTheRoute: string | null): string {
  const names = `${byTheRoute ?? ""},${corsLists.exposeHeaders}`.split(",");
  const seen = new Map(names.map((name) => [name.trim().toLowerCase(), name.trim()]));
  seen.delete("");
  return [...seen.values()].join(", ");
}
