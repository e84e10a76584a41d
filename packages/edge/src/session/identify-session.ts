import { GuardError, isGuardError } from "@sst-gatehouse/core/errors";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

import type { Identified, Identify, VerifyToken } from "../identify.ts";
import type { Session } from "./session-cookies.ts";

/** @param session the browser's, if the request has one. */
export type IdentifySession = (request: HttpRequest, session?: Session) => Promise<Identified>;

export interface IdentifySessionDeps {
  /** Without a session. */
  readonly identify: Identify;
  readonly verifyToken: VerifyToken;
  /** The app client that browser sessions belong to. */
  readonly clientId: () => string | undefined;
}

/**
 * Finds the caller by the session's access token. `Authorization` decides before it, and alone.
 *
 * @throws {GuardError} as `identify` does.
 */
export function createIdentifySession({
  identify,
  verifyToken,
  clientId,
}: IdentifySessionDeps): IdentifySession {
  return async (request, session) => {
    if (session === undefined || request.headers["authorization"] !== undefined)
      return identify(request);
    const { accessToken, idToken } = session;
    try {
      const token = await verifyToken(accessToken, request);
      requireSession(token, clientId());
      const id =
        idToken === undefined ? undefined : await orNone(() => verifyToken(idToken, request));
      return { caller: withClaims(token, id), token };
    } catch (error) {
      if (!isGuardError(error)) throw error;
      return { caller: { kind: "anonymous" }, problem: error };
    }
  };
}

/** A session is an access token of the one app client that browsers sign in by, whatever else is accepted as bearer. */
function requireSession({ tokenUse, clientId }: VerifiedToken, sessionClientId?: string): void {
  if (tokenUse === "access" && clientId === sessionClientId) return;
  throw new GuardError("token_use", "This token cannot be used as a browser session.");
}

/** The ID token decides nothing: one of no use is none. */
async function orNone(verify: () => ReturnType<VerifyToken>): Promise<VerifiedToken | undefined> {
  try {
    return await verify();
  } catch (error) {
    if (isGuardError(error) && error.code.startsWith("token_")) return undefined;
    throw error;
  }
}

/** With what the ID token of the same person says. What the access token says of a claim counts first. */
function withClaims(access: VerifiedToken, id: VerifiedToken | undefined): VerifiedToken["caller"] {
  const { caller } = access;
  const isOurs = id?.tokenUse === "id" && belongTogether(id, access);
  if (!isOurs || id.caller.kind !== "user" || caller.kind !== "user") return caller;
  return { ...caller, claims: { ...id.caller.claims, ...caller.claims } };
}

/** Whether two tokens are of the same user and app client: others make no session together. */
export function belongTogether(one: VerifiedToken, other: VerifiedToken): boolean {
  return one.sub === other.sub && one.clientId === other.clientId;
}
