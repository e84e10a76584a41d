import { decide, type AccessRules } from "@sst-gatehouse/core/access";
import {
  callerHeader,
  fromCallerHeader,
  fromUncheckedCallerHeader,
  uncheckedCallerHeader,
  type Caller,
  type CallerEnvelope,
  type UncheckedCallerEnvelope,
} from "@sst-gatehouse/core/caller";
import { GuardError, isGuardError } from "@sst-gatehouse/core/errors";
import { lackedScopes } from "@sst-gatehouse/core/resource";
import type { RequireValid } from "@sst-gatehouse/revocations/revocations";
import type { MiddlewareHandler } from "hono";

import type { AppEnv } from "./app-env.ts";
import { isEdgePrincipal, type EdgeRole } from "./edge-principal.ts";
import { type FunctionUrlEvent, withViewer } from "./function-url-event.ts";
import { signInAgain } from "./sign-in-again.ts";

export interface CallerOptions {
  readonly edgeRole: EdgeRole;
  readonly access: AccessRules;
  /** Of the stage's list; absent where this backend is not told of one. */
  readonly requireValid?: RequireValid;
}

/**
 * Identifies the caller for `c.get("caller")`, looks up whether the sign-in was ended where the guard has left that to the
 * backend, and applies the access rules a second time.
 *
 * @throws {GuardError} `access_denied`, `path_malformed` or `path_ambiguous`, when the guard should not have let this through;
 *   `token_revoked`, `settings_unavailable`; `settings_invalid`, answered as 500, when the request is unsigned or the guard
 *   sent no usable identity.
 */
export function caller({
  edgeRole,
  access,
  requireValid,
}: CallerOptions): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { event } = c.env;
    const received = identify(event, edgeRole);
    const asked = { method: c.req.method, rawPath: event.rawPath, routedPath: c.req.path };
    let identity: Identity = received;
    if ("signIn" in received) {
      const problem = await problemOf(received, requireValid);
      const { session } = received.signIn;
      // A session that is of no use is no session, where nobody has to sign in.
      if (problem !== undefined && session !== undefined && isAllowed(access, asked, anonymous))
        identity = { ...received, caller: anonymous };
      else if (problem?.code === "token_revoked" && session === "page") return signInAgain(event);
      else if (problem !== undefined) throw problem;
    }
    if (!isAllowed(access, asked, identity.caller))
      throw new GuardError(
        "access_denied",
        "The access rules do not allow this caller to do this.",
      );
    c.set("caller", identity.caller);
    c.set("viewerAddress", identity.viewerAddress);
    const seen = withViewer(event, identity.viewerAddress);
    c.env = { ...c.env, event: seen, requestContext: seen.requestContext };
    await next();
    return undefined;
  };
}

const anonymous = { kind: "anonymous" } as const;

interface Identity {
  readonly caller: Caller;
  readonly viewerAddress?: string;
}

/** @returns why the caller's sign-in does not count any more, or is not known to. */
async function problemOf(
  { caller: who, signIn: { authTime } }: UncheckedCallerEnvelope,
  requireValid: RequireValid | undefined,
): Promise<GuardError | undefined> {
  if (requireValid === undefined) {
    throw new GuardError(
      "settings_invalid",
      "The guard has left it to this backend to look up whether a sign-in was ended, and the backend was told of no list.",
    );
  }
  try {
    await requireValid({ sub: who.kind === "user" ? who.sub : who.clientId, authTime });
    return undefined;
  } catch (error) {
    if (isGuardError(error)) return error;
    throw error;
  }
}

function identify(
  event: FunctionUrlEvent,
  edgeRole: EdgeRole,
): Identity | CallerEnvelope | UncheckedCallerEnvelope {
  const userArn = event.requestContext.authorizer?.iam?.userArn;
  if (typeof userArn !== "string" || userArn === "") {
    throw new GuardError(
      "settings_invalid",
      "The request was not signed: the Function URL must have the auth type AWS_IAM.",
    );
  }
  // Any other caller of the URL is known by its signature alone, whatever headers it sends.
  if (!isEdgePrincipal(userArn, edgeRole)) return { caller: { kind: "service", arn: userArn } };
  const checked = valuesOf(event, callerHeader);
  const unchecked = valuesOf(event, uncheckedCallerHeader);
  try {
    if (unchecked.length === 0) return fromCallerHeader(checked);
    if (checked.length > 0) throw new TypeError("the guard sends one caller header, not both");
    return fromUncheckedCallerHeader(unchecked);
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
function isAllowed(
  access: AccessRules,
  { method, rawPath, routedPath }: RoutedRequest,
  who: Caller,
): boolean {
  const arrived = decide(access, { method, path: rawPath }, who);
  const routed = decide(access, { method, path: encodePath(routedPath) }, who);
  return (
    arrived.allowed &&
    routed.allowed &&
    arrived.rule === routed.rule &&
    lackedScopes(access, arrived.rule, who).length === 0
  );
}

/** Back to a path as on the wire: percent-encodes everything that RFC 3986 does not allow in a path. */
function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (character) =>
    encodeURIComponent(character),
  );
}
