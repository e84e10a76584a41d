import type { Caller } from "@gatehouse/core/caller";
import { GuardError } from "@gatehouse/core/errors";
import type { HttpRequest } from "@gatehouse/core/http-request";
import type { VerifiedToken } from "@gatehouse/core/verifier";

/** Who is calling, and the bearer token that says so. */
export interface Identified {
  readonly caller: Caller;
  readonly bearer?: string;
}

export type Identify = (request: HttpRequest) => Promise<Identified>;

/**
 * Finds the caller in the `Authorization` header, which decides alone: a bad bearer is refused even where nobody has
 * to sign in.
 *
 * @throws {GuardError} `token_*`, `keys_unavailable`.
 */
export function createIdentify(verify: (token: string) => Promise<VerifiedToken>): Identify {
  return async ({ headers }) => {
    const values = headers["authorization"];
    if (values === undefined || values.length === 0) return { caller: { kind: "anonymous" } };
    const bearer = bearerOf(values);
    return { caller: (await verify(bearer)).caller, bearer };
  };
}

function bearerOf(values: readonly string[]): string {
  const [value = "", ...more] = values;
  if (more.length > 0)
    throw new GuardError("token_malformed", "Send one Authorization header, not several.");
  const [scheme = "", token = "", ...rest] = value.trim().split(/ +/);
  if (scheme.toLowerCase() !== "bearer") {
    throw new GuardError(
      "token_missing",
      "Send the token as `Authorization: Bearer <token>`; no other scheme is read here.",
    );
  }
  if (token === "" || rest.length > 0) {
    throw new GuardError(
      "token_malformed",
      "The Authorization header must be the word Bearer, a space and the token.",
    );
  }
  return token;
}
