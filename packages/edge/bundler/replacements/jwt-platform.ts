import { verify, type KeyObject } from "node:crypto";

export interface SignatureToCheck {
  readonly alg: string;
  readonly keyObject: KeyObject;
  /** `<header>.<payload>`, as in the token. */
  readonly jwsSigningInput: string;
  /** base64url */
  readonly signature: string;
}

/**
 * Stands in for aws-jwt-verify's platform module inside the guard's bundle: what checking an RS256 signature with a key
 * that is given needs, and nothing else. The library's own loads `https` for fetching keys, which the guard does itself
 * and rarely, and checks by way of a stream, which takes as long again as the check.
 */
export const nodeWebCompat = {
  parseB64UrlString: (text: string): string => Buffer.from(text, "base64url").toString("utf8"),
  /** RSASSA-PKCS1-v1_5 with SHA-256, which is all that Cognito signs with. */
  verifySignatureSync: ({
    alg,
    keyObject,
    jwsSigningInput,
    signature,
  }: SignatureToCheck): boolean =>
    alg === "RS256" &&
    keyObject.asymmetricKeyType === "rsa" &&
    verify("sha256", Buffer.from(jwsSigningInput), keyObject, Buffer.from(signature, "base64url")),
  transformJwkToKeyObjectSync: refuse,
  fetch: refuse,
};

function refuse(): never {
  throw new TypeError("the token verifier is given its keys, and uses no network");
}
