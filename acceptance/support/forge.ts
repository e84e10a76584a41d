import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from "node:crypto";

import { callApi, send } from "./client.ts";
import type { Target } from "./target.ts";

/** Tokens of every wrong kind, and a few of the right one. */
export interface Forge {
  /** Signs any claims with one of the pool's real keys. `undefined` members are left out. */
  mint(use: "id" | "access", claims: Claims, header?: Claims): Promise<string>;
  idClaims(changes?: Claims): Claims;
  accessClaims(changes?: Claims): Claims;
  /** The kids of the keys that sign ID and access tokens. */
  readonly kids: { readonly id: string; readonly access: string };
  /** HS256 over the pool's public key, the classic confusion. */
  hs256(claims: Claims): string;
  unsigned(claims: Claims): string;
  byStranger(claims: Claims, kid: string): string;
}

export type Claims = Readonly<Record<string, unknown>>;

let strangers: KeyObject | undefined;
/** Made when it is first needed: that takes longer than most tests. */
const strangersKey = (): KeyObject =>
  (strangers ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);

export async function createForge(target: Target): Promise<Forge> {
  const { body } = await send(target.endpoints.cognitoIdp, {
    path: `/${target.userPoolId}/.well-known/jwks.json`,
  });
  const keySet: { keys: { kid: string; kty: string; n: string; e: string }[] } = JSON.parse(
    body.toString("utf8"),
  );
  const kids = { id: kidOf(target.tokens.id), access: kidOf(target.tokens.access) };
  const known = decodeClaims(target.tokens.id);
  const now = Number(known["iat"]);
  const common = {
    sub: known["sub"],
    iss: known["iss"],
    auth_time: now,
    iat: now,
    exp: now + 3600,
    jti: randomUUID(),
  };
  const publicJwk = keySet.keys.find(({ kid }) => kid === kids.id);
  if (publicJwk === undefined) throw new Error("the key set lacks the key that signs ID tokens");
  const publicKey: KeyObject = createPublicKey({
    key: { kty: publicJwk.kty, n: publicJwk.n, e: publicJwk.e },
    format: "jwk",
  });

  return {
    kids,
    async mint(use, claims, header = {}) {
      const answer = await callApi(target, "Gatehouse.MintToken", {
        KeyUse: use,
        Claims: claims,
        Header: header,
      });
      if (answer.status !== 200) throw new Error(`the stack minted nothing: ${answer.text()}`);
      return answer.json<{ Token: string }>().Token;
    },
    idClaims: (changes = {}) => ({
      ...common,
      aud: target.clients.web.id,
      token_use: "id",
      "cognito:username": "alice",
      ...changes,
    }),
    accessClaims: (changes = {}) => ({
      ...common,
      client_id: target.clients.web.id,
      token_use: "access",
      username: "alice",
      scope: "openid",
      version: 2,
      ...changes,
    }),
    hs256(claims) {
      const input = signingInput({ kid: kids.id, alg: "HS256" }, claims);
      const pem = publicKey.export({ type: "spki", format: "pem" });
      return `${input}.${createHmac("sha256", pem).update(input).digest("base64url")}`;
    },
    unsigned: (claims) => `${signingInput({ kid: kids.id, alg: "none" }, claims)}.`,
    byStranger(claims, kid) {
      const input = signingInput({ kid, alg: "RS256" }, claims);
      return `${input}.${sign("sha256", Buffer.from(input), strangersKey()).toString("base64url")}`;
    },
  };
}

export function decodeClaims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

function kidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString("utf8")).kid;
}

function signingInput(header: Claims, claims: Claims): string {
  return [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
