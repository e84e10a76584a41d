import {
  type AppEnv,
  type Caller,
  ownAuthorization,
  protect as protectHono,
  type StreamingHandler,
} from "@sst-gatehouse/backend";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { Hono } from "hono";

export type { Caller };

/** What an app of the fetch kind gets with each request. */
export interface FetchEnv {
  /** Who is calling. The access rules have already allowed it. */
  readonly caller: Caller;
  /** The viewer's IP address as the guard saw it; absent for a caller that did not come through the guard. */
  readonly viewerAddress: string | undefined;
  /**
   * A sender's own `Authorization`, under a rule with `authorization: "own"`; `undefined` under every other rule, and where
   * the sender has none or a token of this app. Nobody's word but the sender's: verify it before you act.
   */
  readonly ownAuthorization: () => string | undefined;
}

/** An app of the fetch kind: h3, Elysia, itty-router, or a function of your own. */
export interface FetchApp {
  fetch(request: Request, env: FetchEnv): Response | Promise<Response>;
}

/**
 * Puts an app that answers a `Request` with a `Response` behind the guard: `export const handler = protect(access, app)`.
 * It streams as a Hono app does.
 *
 * @param access the same rules as the guard's.
 * @throws {TypeError} while the module loads, naming the setting that is missing in the environment.
 */
export function protect(access: AccessRules, app: FetchApp): StreamingHandler {
  const routes = new Hono<AppEnv>().all("*", (c) =>
    app.fetch(c.req.raw, {
      caller: c.get("caller"),
      viewerAddress: c.get("viewerAddress"),
      ownAuthorization: () => ownAuthorization(c.env.event),
    }),
  );
  return protectHono(access, routes);
}
