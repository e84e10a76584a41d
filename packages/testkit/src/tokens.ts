import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from "node:crypto";

export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A real RSA key of 2048 bits. Cognito's key ids are 44 characters of base64, `+`, `/` and `=` among them. */
export function makeKeyPair(kid: string = randomBytes(32).toString("base64")): KeyPair {
  return { kid, ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
}

/** The public half as a user pool publishes it. */
export function publicJwk({ kid, publicKey }: KeyPair) {
  const { n, e } = publicKey.export({ format: "jwk" });
  if (n === undefined || e === undefined) throw new TypeError("not an RSA key");
  return { alg: "RS256", e, kid, kty: "RSA", n, use: "sig" } as const;
}

export interface MintOptions {
  /** Signs, with RS256. */
  readonly key: KeyPair;
  /** In the header; the key's own when left out. */
  readonly kid?: string;
  /** Members that are undefined are left out. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** More or other header members; undefined leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs in place of the key, for forgeries. */
  readonly signWith?: (signingInput: string) => Uint8Array;
}

/** Makes a token by hand, no JWT library involved: header `{"kid","alg"}` and `\/` for `/`, as Cognito writes them. */
export function mint({ key, kid = key.kid, claims, header, signWith }: MintOptions): string {
  const text = (part: object) => JSON.stringify(part).replaceAll("/", String.raw`\/`);
  return mintText(key, text({ kid, alg: "RS256", ...header }), text(claims), signWith);
}

/** A token of exactly these texts, for JSON can say more than `JSON.stringify` does. */
export function mintText(
  { privateKey }: KeyPair,
  header: string,
  claims: string,
  signWith: (signingInput: string) => Uint8Array = (input) =>
    sign("sha256", Buffer.from(input), privateKey),
): string {
  const part = (content: string | Uint8Array) => Buffer.from(content).toString("base64url");
  const signingInput = `${part(header)}.${part(claims)}`;
  return `${signingInput}.${part(signWith(signingInput))}`;
}

export interface ClaimsOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Time of issue, whole seconds since the epoch. */
  readonly now: number;
  readonly lifetimeSeconds?: number;
}

export interface PersonClaimsOptions extends ClaimsOptions {
  readonly sub?: string;
  readonly username?: string;
  readonly groups?: readonly string[];
  /** First sign-in; the time of issue when left out. */
  readonly authTime?: number;
}

/** The claims of a Cognito ID token, in Cognito's order. A user without groups has no claim for them. */
export function idClaims({
  issuer,
  clientId,
  now,
  lifetimeSeconds = 3600,
  sub = randomUUID(),
  username = sub,
  groups = [],
  authTime = now,
}: PersonClaimsOptions) {
  return {
    sub,
    "cognito:groups": groups.length > 0 ? groups : undefined,
    email_verified: true,
    iss: issuer,
    "cognito:username": username,
    origin_jti: randomUUID(),
    aud: clientId,
    event_id: randomUUID(),
    token_use: "id",
    auth_time: authTime,
    exp: now + lifetimeSeconds,
    iat: now,
    jti: randomUUID(),
    email: "person@example.com",
  };
}

/** The claims of a person's Cognito access token. @param options.scopes `openid email` when left out. */
export function accessClaims({
  issuer,
  clientId,
  now,
  lifetimeSeconds = 3600,
  sub = randomUUID(),
  username = sub,
  groups = [],
  authTime = now,
  scopes = ["openid", "email"],
}: PersonClaimsOptions & { readonly scopes?: readonly string[] }) {
  return {
    sub,
    "cognito:groups": groups.length > 0 ? groups : undefined,
    iss: issuer,
    version: 2,
    client_id: clientId,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: authTime,
    exp: now + lifetimeSeconds,
    iat: now,
    jti: randomUUID(),
    username,
  };
}

/** The claims that Cognito gives a machine for its client credentials: `sub` is the client, there is no username. */
export function machineClaims({
  issuer,
  clientId,
  now,
  lifetimeSeconds = 3600,
  scopes,
}: ClaimsOptions & { readonly scopes: readonly string[] }) {
  return {
    sub: clientId,
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: now,
    iss: issuer,
    exp: now + lifetimeSeconds,
    iat: now,
    version: 2,
    jti: randomUUID(),
    client_id: clientId,
  };
}

/** A clock that moves only when told to. Whole seconds since the epoch. */
export interface FixedClock {
  readonly now: () => number;
  readonly advance: (seconds: number) => void;
}

export function fixedClock(start: number = 1_800_000_000): FixedClock {
  let seconds = start;
  return {
    now: () => seconds,
    advance: (by) => {
      seconds += by;
    },
  };
}
