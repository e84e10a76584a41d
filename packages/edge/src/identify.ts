import type { CallerEnvelope } from "@sst-gatehouse/core/caller";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import { requireTokenForm } from "@sst-gatehouse/core/unverified-token";
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

/** Of a request without a session; one with `Authorization` has none. A promise, and a refusal by it, only where one is needed. */
export type Identify = (request: HttpRequest) => Identified | Promise<Identified>;

/** Asked for each request: however long a token is known, its sign-in may have been ended meanwhile. */
export type VerifyToken = (
  token: string,
  request: HttpRequest,
) => VerifiedToken | Promise<VerifiedToken>;

/**
 * Finds the caller in the `Authorization` header, which decides alone: a bad bearer is refused even where nobody has
 * to sign in, and even when a good session comes with it.
 *
 * @throws {GuardError} `token_*`, `keys_unavailable`, `settings_unavailable` for a bearer token.
 */
export function createIdentify(verify: VerifyToken): Identify {
  return (request) => {
    const values = request.headers["authorization"];
    if (values === undefined || values.length === 0) return { caller: { kind: "anonymous" } };
    const bearer = bearerOf(values);
    const identified = (token: VerifiedToken) => ({ caller: token.caller, token, bearer });
    const token = verify(bearer, request);
    return token instanceof Promise ? token.then(identified) : identified(token);
  };
}

function bearerOf(values: readonly string[]): string {
  const [value = "", ...more] = values;
  if (more.length > 0)
    throw new GuardError("token_malformed", "Send one Authorization header, not several.");
  const text = value.trim();
  const end = text.indexOf(" ");
  const scheme = end < 0 ? text : text.slice(0, end);
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
  requireTokenForm(token);
  return token;
}
