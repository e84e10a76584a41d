import type { PublicKey } from "@sst-gatehouse/blueprint/cognito-values";
import { CompactSign, compactVerify, exportJWK, generateKeyPair } from "jose";

import type { JsonObject } from "../../json-api/json-service.ts";
import { newKeyId } from "./ids.ts";

export interface SigningKey {
  readonly publicKey: PublicKey;
  /**
   * Signs claims as Cognito writes them: header `{"kid","alg"}` and nothing else, `/` escaped in the payload.
   *
   * @param header members that Cognito would not set, for tests that need such a token.
   */
  sign(claims: JsonObject, header?: JsonObject): Promise<string>;
  /** The payload of a token that this key signed; `undefined` for anything else. */
  open(token: string): Promise<unknown>;
}

/** A new RSA key of 2048 bits. It never leaves this process. */
export async function createSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { modulusLength: 2048 });
  const { n, e } = await exportJWK(publicKey);
  if (n === undefined || e === undefined)
    throw new TypeError("an RSA key has a modulus and an exponent");
  const kid = newKeyId();
  return {
    publicKey: { alg: "RS256", e, kid, kty: "RSA", n, use: "sig" },
    sign(claims, header = {}) {
      const payload = JSON.stringify(claims).replaceAll("/", "\\/");
      const critical = Array.isArray(header["crit"]) ? header["crit"].map(String) : [];
      return new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ kid, alg: "RS256", ...header })
        .sign(privateKey, { crit: Object.fromEntries(critical.map((name) => [name, true])) });
    },
    async open(token) {
      try {
        const { payload } = await compactVerify(token, publicKey, { algorithms: ["RS256"] });
        return JSON.parse(Buffer.from(payload).toString("utf8"));
      } catch {
        return undefined;
      }
    },
  };
}
