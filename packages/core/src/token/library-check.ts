import type { KeyObject } from "node:crypto";

import {
  JwtInvalidIssuerError,
  JwtParseError,
  ParameterValidationError,
} from "aws-jwt-verify/error";
import { verifyJwtSync } from "aws-jwt-verify/jwt-verifier";

import { GuardError } from "../errors.ts";
import type { Jwk } from "./signature-check.ts";
import { wrongSignature } from "./unverified-token.ts";

/**
 * Checks a token by AWS's own library.
 *
 * Its function for a given key is used, not its Cognito verifier: that one accepts a second issuer nobody listed, brings
 * the fetching of key sets along, and judges clients and token uses the same for all, where here each client has its own.
 *
 * @param key what `jwk` is, imported.
 * @returns the claims, without members called `__proto__` or `constructor`.
 * @throws {GuardError} `token_malformed`, `token_issuer`, `token_signature`.
 */
export function checkByLibrary(
  token: string,
  issuers: readonly string[],
  jwk: Jwk,
  key: KeyObject,
): Readonly<Record<string, unknown>> {
  const options = {
    issuer: [...issuers],
    // Audience, client and token use are judged with the other claims.
    audience: null,
    // The library reads the machine's clock and lets tokens without `exp` pass. Time is judged in one place, by the clock
    // that was passed in; without end, the library's own check of `exp` and `nbf` never decides.
    graceSeconds: Number.POSITIVE_INFINITY,
  };
  try {
    return verifyJwtSync(token, jwk, options, () => key);
  } catch (error) {
    throw toGuardError(error);
  }
}

/** The library's messages hold claim values, so neither they nor the errors go on. */
function toGuardError(error: unknown): GuardError {
  if (error instanceof JwtParseError)
    return new GuardError("token_malformed", "The token's claims are malformed.");
  if (error instanceof JwtInvalidIssuerError || error instanceof ParameterValidationError) {
    return new GuardError("token_issuer", "The token was issued by somebody else.");
  }
  return wrongSignature();
}
