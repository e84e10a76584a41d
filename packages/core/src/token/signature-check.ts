import { createPublicKey, type KeyObject, verify } from "node:crypto";

import { checkByLibrary } from "./library-check.ts";
import { type UnverifiedToken, wrongSignature } from "./unverified-token.ts";

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

type Claims = Readonly<Record<string, unknown>>;

export interface SignatureCheck {
  readonly generation: number;
  readonly knows: (kid: string) => boolean;
  /** @returns the claims that the signature covers. */
  readonly verify: (token: UnverifiedToken) => Claims;
}

/**
 * Checks signatures with one generation of keys; made once per generation, so that no request pays for importing a key.
 *
 * A token as Cognito makes it has been taken apart already, and one RSA check says the rest. Any other is the library's
 * to read, from the beginning.
 *
 * @param issuers one of which the token's is known to be.
 * @param keys are believed: whoever loads them has made sure that a user pool would publish them (RSA of 2048 bits or
 *   more with the exponent 65537, RS256, for signatures).
 * @throws {TypeError} for a key that cannot be imported.
 */
export function createSignatureCheck(
  issuers: readonly string[],
  { generation, keys }: { readonly generation: number; readonly keys: readonly Jwk[] },
): SignatureCheck {
  const imported = new Map<string, { jwk: Jwk; key: KeyObject }>();
  for (const { kid, kty, alg, use, n, e } of keys) {
    const jwk = { kid, kty, alg, use, n, e };
    imported.set(kid, { jwk, key: createPublicKey({ key: jwk, format: "jwk" }) });
  }
  return {
    generation,
    knows: (kid) => imported.has(kid),
    verify({ text, unverifiedKid, unverifiedClaims, hasOddNames, signed, signature }) {
      const known = imported.get(unverifiedKid);
      if (known === undefined) throw wrongSignature();
      if (hasOddNames || !areUsual(unverifiedClaims))
        return checkByLibrary(text, issuers, known.jwk, known.key);
      if (!verify("sha256", signed, known.key, signature)) throw wrongSignature();
      return unverifiedClaims;
    },
  };
}

/** Whether the registered claims have the types that Cognito gives them; of others the library knows which are wrong. */
function areUsual({ iss, sub, aud, scope, jti, exp, iat, nbf }: Claims): boolean {
  return [iss, sub, aud, scope, jti].every(isText) && [exp, iat, nbf].every(isTime);
}

function isText(claim: unknown): boolean {
  return claim === undefined || typeof claim === "string";
}

function isTime(claim: unknown): boolean {
  return claim === undefined || Number.isFinite(claim);
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
