import type { CallerEnvelope } from "@sst-gatehouse/core/caller";
import { GuardError, isGuardError } from "@sst-gatehouse/core/errors";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

/** Who is calling, and what says so. */
export interface Identified {
  readonly caller: CallerEnvelope["caller"];
  /** The bearer token, where the caller has sent one; never that of a browser's session. */
  readonly bearer?: string;
  /** What a sender's own `Authorization` says, for the backend to judge. */
  readonly ownAuthorization?: string;
  /** What was verified, for a caller who is somebody. */
  readonly token?: VerifiedToken;
  /** Why the session is not used, where there is one. On a public path that does not matter. */
  readonly problem?: GuardError;
}

/** @param accessToken of the browser's session, if the request has one. */
export type Identify = (request: HttpRequest, accessToken?: string) => Promise<Identified>;

export interface IdentifyDeps {
  /** Asked for each request: however long a token is known, its sign-in may have been ended meanwhile. */
  readonly verify: (token: string, request: HttpRequest) => Promise<VerifiedToken>;
  /** The app client that browser sessions belong to. */
  readonly sessionClientId: () => string | undefined;
}

/**
 * Finds the caller in the `Authorization` header, which decides alone: a bad bearer is refused even where nobody has
 * to sign in, and even when a good session comes with it.
 *
 * @throws {GuardError} `token_*`, `keys_unavailable`, `settings_unavailable` for a bearer token.
 */
export function createIdentify({ verify, sessionClientId }: IdentifyDeps): Identify {
  return async (request, accessToken) => {
    const values = request.headers["authorization"];
    if (values !== undefined && values.length > 0) {
      const bearer = bearerOf(values);
      const token = await verify(bearer, request);
      return { caller: token.caller, token, bearer };
    }
    if (accessToken === undefined) return { caller: { kind: "anonymous" } };
    try {
      const token = await verify(accessToken, request);
      requireSession(token, sessionClientId());
      return { caller: token.caller, token };
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

function bearerOf(values: readonly string[]): string {
  const [value = "", ...more] = values;
  if (more.length > 0)
    throw new GuardError("token_malformed", "Send one Authorization header, not several.");
  const text = value.trim();
  const [scheme = ""] = text.split(" ", 1);
  const token = text.slice(scheme.length).replace(/^ +/, "");
  if (scheme.toLowerCase() !== "bearer") {
    throw new GuardError(
      "token_missing",
      "Send `Authorization: Bearer <token>`; no other scheme is accepted.",
    );
  }
  if (token === "" || token.includes(" ")) {
    throw new GuardError(
      "token_malformed",
      "Send `Authorization: Bearer <token>`, with one token.",
    );
  }
  return token;
}
