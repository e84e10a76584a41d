import { decide, type AccessRules } from "@sst-gatehouse/core/access";
import { callerHeader, fromCallerHeader, type Caller } from "@sst-gatehouse/core/caller";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { MiddlewareHandler } from "hono";

import type { AppEnv } from "./app-env.ts";
import { isEdgePrincipal, type EdgeRole } from "./edge-principal.ts";
import type { FunctionUrlEvent } from "./function-url-event.ts";

export interface CallerOptions {
  readonly edgeRole: EdgeRole;
  readonly access: AccessRules;
}

/**
 * Identifies the caller for `c.get("caller")`, and applies the access rules a second time.
 *
 * @throws {GuardError} `access_denied`, `path_malformed` or `path_ambiguous`, when the guard should not have let this through;
 *   `settings_invalid`, answered as 500, when the request is unsigned or the guard sent no usable identity.
 */
export function caller({ edgeRole, access }: CallerOptions): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { event } = c.env;
    const identity = identify(event, edgeRole);
    requireAccess(
      access,
      { method: c.req.method, rawPath: event.rawPath, routedPath: c.req.path },
      identity.caller,
    );
    c.set("caller", identity.caller);
    c.set("viewerAddress", identity.viewerAddress);
    await next();
  };
}

interface Identity {
  readonly caller: Caller;
  readonly viewerAddress?: string;
}

function identify(event: FunctionUrlEvent, edgeRole: EdgeRole): Identity {
  const userArn = event.requestContext.authorizer?.iam?.userArn;
  if (typeof userArn !== "string" || userArn === "") {
    throw new GuardError(
      "settings_invalid",
      "The request was not signed: the Function URL must have the auth type AWS_IAM.",
    );
  }
  // Any other caller of the URL is known by its signature alone, whatever headers it sends.
  if (!isEdgePrincipal(userArn, edgeRole)) return { caller: { kind: "service", arn: userArn } };
  try {
    return fromCallerHeader(valuesOf(event, callerHeader));
  } catch (cause) {
    throw new GuardError(
      "settings_invalid",
      `The guard sent no ${callerHeader} header that this backend can read.`,
      { cause },
    );
  }
}

/** Lambda joins repeated headers with a comma, which a caller header never contains. */
function valuesOf(event: FunctionUrlEvent, name: string): string[] {
  return Object.entries(event.headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value.split(","));
}

interface RoutedRequest {
  readonly method: string;
  readonly rawPath: string;
  /** What Hono matches routes against: parsed as a URL and decoded. */
  readonly routedPath: string;
}

/** The path as it arrived and the path that Hono routes must both be allowed, and by the same rule. */
function requireAccess(
  access: AccessRules,
  { method, rawPath, routedPath }: RoutedRequest,
  who: Caller,
): void {
  const arrived = decide(access, { method, path: rawPath }, who);
  const routed = decide(access, { method, path: encodePath(routedPath) }, who);
  if (!arrived.allowed || !routed.allowed || arrived.rule !== routed.rule) {
    throw new GuardError("access_denied", "The access rules do not allow this caller to do this.");
  }
}

/** Back to a path as on the wire: percent-encodes everything that RFC 3986 does not allow in a path. */
function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (character) =>
    encodeURIComponent(character),
  );
}
