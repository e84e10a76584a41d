import { createPublicKey, type KeyObject } from "node:crypto";

import {
  JwtInvalidIssuerError,
  JwtParseError,
  ParameterValidationError,
} from "aws-jwt-verify/error";
import { verifyJwtSync } from "aws-jwt-verify/jwt-verifier";

import { GuardError } from "../errors.ts";

/**
 * One public key of the user pool, as in its key set. Declared in blueprint too: core stands alone, and the compiler
 * compares the two where the guard gives its keys to the verifier.
 */
export type Jwk = {
  readonly kid: string;
  readonly kty: "RSA";
  readonly alg: "RS256";
  readonly use: "sig";
  /** Modulus and exponent, base64url. */
  readonly n: string;
  readonly e: string;
};

export interface SignatureCheck {
  readonly generation: number;
  readonly knows: (kid: string) => boolean;
  /** @returns the claims that the signature covers. */
  readonly verify: (token: string, kid: string) => Readonly<Record<string, unknown>>;
}

/**
 * Checks signatures with one generation of keys; made once per generation, so that no request pays for importing a key.
 *
 * The library's function for a given key is used, not its Cognito verifier: that one accepts a second issuer nobody
 * listed, brings the fetching of key sets along, and judges clients and token uses the same for all, where here each
 * client has its own.
 *
 * @param keys are believed: whoever loads them has made sure that a user pool would publish them (RSA of 2048 bits or
 *   more with the exponent 65537, RS256, for signatures).
 * @throws {TypeError} for a key that cannot be imported.
 */
export function createSignatureCheck(
  issuers: readonly string[],
  { generation, keys }: { readonly generation: number; readonly keys: readonly Jwk[] },
): SignatureCheck {
  const options = {
    issuer: [...issuers],
    // Audience, client and token use are judged with the other claims.
    audience: null,
    // The library reads the machine's clock and lets tokens without `exp` pass. Time is judged in one place, by the clock
    // that was passed in; without end, the library's own check of `exp` and `nbf` never decides.
    graceSeconds: Number.POSITIVE_INFINITY,
  };
  const imported = new Map<string, { jwk: Jwk; key: KeyObject }>();
  for (const { kid, kty, alg, use, n, e } of keys) {
    const jwk = { kid, kty, alg, use, n, e };
    imported.set(kid, { jwk, key: createPublicKey({ key: jwk, format: "jwk" }) });
  }
  return {
    generation,
    knows: (kid) => imported.has(kid),
    verify(token, kid) {
      const known = imported.get(kid);
      if (known === undefined) throw wrongSignature();
      try {
        return verifyJwtSync(token, known.jwk, options, () => known.key);
      } catch (error) {
        throw toGuardError(error);
      }
    },
  };
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

export function wrongSignature(): GuardError {
  return new GuardError("token_signature", "The token was not signed by this user pool.");
}

/** `https://cognito-idp.<region>.amazonaws.com/<pool>`, or the newer `issuer-` form of it. */
const issuerForm =
  /^https:\/\/(?:issuer-)?cognito-idp\.([a-z0-9-]+)\.amazonaws\.com\/\1_[0-9A-Za-z]+$/;

/**
 * @returns the pool's own name, `https://cognito-idp.<region>.amazonaws.com/<pool>`, whichever of its names are listed.
 * @throws {TypeError} unless the issuers are the names of one user pool: keys belong to one pool, and with two a key of one
 *   could sign for the other.
 */
export function requireOneUserPool(issuers: readonly string[]): string {
  const pools = new Set(
    issuers.map((issuer) => issuerForm.test(issuer) && issuer.replace("//issuer-", "//")),
  );
  const [only] = pools;
  if (pools.size !== 1 || !only) {
    throw new TypeError(
      "issuers lists the names of one user pool, https://cognito-idp.<region>.amazonaws.com/<pool id>",
    );
  }
  return only;
}
