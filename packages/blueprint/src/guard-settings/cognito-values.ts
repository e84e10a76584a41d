import { isRecord, type JsonRecord } from "../is-record.ts";

/** An app client's id: Cognito makes 26 letters and digits. Short words such as `null` are somebody's mistake. */
export const clientIdPattern = /^[a-zA-Z0-9_+]{20,128}$/;

/** One public key of the user pool, as in its key set. */
export interface PublicKey {
  readonly kid: string;
  readonly kty: "RSA";
  readonly alg: "RS256";
  readonly use: "sig";
  /** Modulus and exponent, base64url. */
  readonly n: string;
  readonly e: string;
}

/** 2048 bits and more: a shorter modulus could be factored. The exponent is always 65537: 1 would let anybody sign. */
const modulusPattern = /^[\w-]{342,1400}$/;

/**
 * Reads a key set as Cognito publishes it: RS256 signing keys and nothing else, at least one, no `kid` twice.
 *
 * The one check of keys in this repository: the guard's settings, what the guard fetches and what a deployment bakes in
 * pass through here, and the verifier believes what came through.
 *
 * @throws {TypeError} for anything else.
 */
export function parseKeySet(value: unknown): readonly PublicKey[] {
  const keys = record(value)["keys"];
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > 10) throw malformed();
  const parsed = keys.map((key: unknown): PublicKey => {
    const { kid, kty, alg, use, n, e } = record(key);
    if (kty !== "RSA" || alg !== "RS256" || use !== "sig" || e !== "AQAB") throw malformed();
    return { kid: text(kid, /^[\x21-\x7e]{1,100}$/), kty, alg, use, n: text(n, modulusPattern), e };
  });
  if (new Set(parsed.map(({ kid }) => kid)).size !== parsed.length) throw malformed();
  return parsed;
}

function record(value: unknown): JsonRecord {
  if (!isRecord(value)) throw malformed();
  return value;
}

function text(value: unknown, pattern: RegExp): string {
  if (typeof value !== "string" || !pattern.test(value)) throw malformed();
  return value;
}

function malformed(): TypeError {
  return new TypeError("the key set is not one that Cognito publishes");
}
