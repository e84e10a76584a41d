import { createHmac, createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";

import { type ErrorCode, GuardError } from "../errors.ts";
import {
  accessClaims,
  fixedClock,
  idClaims,
  type KeyPair,
  machineClaims,
  makeKeyPair,
  mint,
  mintText,
  publicJwk,
} from "@sst-gatehouse/testkit/tokens";
import {
  type AcceptedClient,
  createVerifier,
  type Jwk,
  type KeySet,
  type TokenUse,
  type VerifierDeps,
  type Verify,
} from "./verifier.ts";

const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const otherFormIssuer =
  "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const web = "1example23456789webclient0";
const api = "1example23456789apiclient0";
const machine = "1example2345678machineid00";
const start = 1_800_000_000;

/** A pool signs ID tokens with one key and access tokens with the other. */
const idKey = makeKeyPair("idKeyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/AAA=");
const accessKey = makeKeyPair("accessKeyBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB+/BB=");
const newKey = makeKeyPair();
const strangersKey = makeKeyPair();

const person = {
  issuer,
  clientId: web,
  now: start - 60,
  sub: "5f0c7a0e-0000-4000-8000-000000000001",
  username: "ada",
  groups: ["admin", "staff"],
};
const idToken = (changes: Record<string, unknown> = {}) =>
  mint({ key: idKey, claims: { ...idClaims(person), ...changes } });
const accessToken = (changes: Record<string, unknown> = {}) =>
  mint({ key: accessKey, claims: { ...accessClaims(person), ...changes } });
const machineToken = (changes: Record<string, unknown> = {}) =>
  mint({
    key: accessKey,
    claims: {
      ...machineClaims({
        issuer,
        clientId: machine,
        now: start - 60,
        scopes: ["api/read", "api/write"],
      }),
      ...changes,
    },
  });

interface CountedKeys extends KeySet {
  readonly refetches: () => number;
  readonly replace: (keys: readonly Jwk[]) => void;
}

function keySet(
  pairs: readonly KeyPair[] = [idKey, accessKey],
  onRefetch: (keys: CountedKeys) => void | Promise<void> = () => {},
): CountedKeys {
  let current = { generation: 1, keys: pairs.map(publicJwk) as readonly Jwk[] };
  let refetches = 0;
  const keys: CountedKeys = {
    current: () => current,
    refetch: async () => {
      refetches += 1;
      await onRefetch(keys);
    },
    refetches: () => refetches,
    replace: (next) => {
      current = { generation: current.generation + 1, keys: next };
    },
  };
  return keys;
}

const clients = {
  [web]: { kind: "person", tokenUses: ["id", "access"] },
  [api]: { kind: "person", tokenUses: ["access"] },
  [machine]: { kind: "machine", tokenUses: ["access"] },
} satisfies VerifierDeps["clients"];

function setUp(changes: Partial<VerifierDeps> = {}, keys: CountedKeys = keySet()) {
  const clock = fixedClock(start);
  const verify = createVerifier({
    issuers: [issuer],
    clients,
    tokenUses: null,
    keys,
    now: clock.now,
    ...changes,
  });
  // What is thrown at once is as good a refusal as a promise that is rejected.
  return { verify: async (...asked: Parameters<Verify>) => verify(...asked), keys, clock };
}

describe("accepts", () => {
  test("an ID token", async () => {
    const { verify, keys } = setUp();
    expect(await verify(idToken())).toStrictEqual({
      caller: {
        kind: "user",
        sub: person.sub,
        username: "ada",
        groups: ["admin", "staff"],
        scopes: [],
        issuer,
        signedInAt: start - 60,
      },
      tokenUse: "id",
      clientId: web,
      issuer,
      kid: idKey.kid,
      sub: person.sub,
      expiresAt: start + 3540,
      issuedAt: start - 60,
      authTime: start - 60,
    });
    expect(keys.refetches()).toBe(0);
  });

  test("an access token, signed by the pool's other key", async () => {
    const { verify, keys } = setUp();
    const changes = { auth_time: start - 9000, nbf: start };
    expect(await verify(accessToken(changes))).toStrictEqual({
      caller: {
        kind: "user",
        sub: person.sub,
        username: "ada",
        groups: ["admin", "staff"],
        scopes: ["openid", "email"],
        issuer,
        signedInAt: start - 9000,
      },
      tokenUse: "access",
      clientId: web,
      issuer,
      kid: accessKey.kid,
      sub: person.sub,
      expiresAt: start + 3540,
      notBefore: start,
      issuedAt: start - 60,
      authTime: start - 9000,
    });
    expect(keys.refetches()).toBe(0);
  });

  test("a machine's token", async () => {
    const { verify } = setUp();
    expect(await verify(machineToken())).toStrictEqual({
      caller: { kind: "client", clientId: machine, scopes: ["api/read", "api/write"], issuer },
      tokenUse: "access",
      clientId: machine,
      issuer,
      kid: accessKey.kid,
      sub: machine,
      expiresAt: start + 3540,
      issuedAt: start - 60,
      authTime: start - 60,
    });
  });

  test("any client of the pool, but only where that is spelled out", async () => {
    const { verify } = setUp({ clients: null });
    expect((await verify(idToken({ aud: "another" }))).caller).toMatchObject({
      kind: "user",
      sub: person.sub,
    });
    expect((await verify(machineToken({ sub: "another", client_id: "another" }))).caller).toEqual({
      kind: "client",
      clientId: "another",
      scopes: ["api/read", "api/write"],
      issuer,
    });
    await expect(verify(accessToken({ sub: web }))).rejects.toMatchObject({ code: "token_client" });
    await expect(verify(idToken({ sub: web }))).rejects.toMatchObject({ code: "token_client" });
    const idOfMachine = idToken({ sub: web, "cognito:username": undefined });
    await expect(verify(idOfMachine)).rejects.toMatchObject({ code: "token_client" });
    await expect(verify(machineToken({ sub: "a-person" }))).rejects.toMatchObject({
      code: "token_client",
    });
  });

  test("either name of the pool where it is listed, and calls the pool by one name", async () => {
    const tokensOf = (iss: string) => [
      idToken({ iss }),
      accessToken({ iss }),
      machineToken({ iss }),
    ];
    const { verify, keys } = setUp({ issuers: [issuer, otherFormIssuer] });
    for (const token of [...tokensOf(issuer), ...tokensOf(otherFormIssuer)])
      expect(await verify(token)).toMatchObject({ issuer, caller: { issuer } });
    const second = setUp({ issuers: [otherFormIssuer] });
    for (const token of tokensOf(otherFormIssuer))
      expect(await second.verify(token)).toMatchObject({ issuer });
    await expect(second.verify(idToken())).rejects.toMatchObject({ code: "token_issuer" });
    expect([keys.refetches(), second.keys.refetches()]).toEqual([0, 0]);
  });

  test.each([
    [
      "a user without groups, who has no claim for them",
      idToken({ "cognito:groups": undefined }),
      { caller: { groups: [] } },
    ],
    [
      "a token without auth_time, which counts from its issue",
      accessToken({ auth_time: undefined }),
      { authTime: start - 60 },
    ],
    ["the last second", idToken({ exp: start + 1 }), { expiresAt: start + 1 }],
    [
      "a clock that is 300 seconds behind",
      idToken({ iat: start + 300, auth_time: start + 300 }),
      { issuedAt: start + 300 },
    ],
    ["a token of exactly 12 KB", paddedToken(12 * 1024), { sub: person.sub }],
    [
      "a name outside ASCII",
      idToken({ "cognito:username": "Zo\u00EB" }),
      { caller: { username: "Zo\u00EB" } },
    ],
    [
      "a header with a typ",
      mint({ key: idKey, header: { typ: "JWT" }, claims: idClaims(person) }),
      { tokenUse: "id" },
    ],
  ])("%s", async (_why, token, expected) => {
    expect(await setUp().verify(token)).toMatchObject(expected);
  });

  test.each(["\t", "\n", "\r", " "])("a header behind %j, which JSON allows", async (space) => {
    const token = withHeaderText(`${space}{"kid":"${accessKey.kid}","alg":"RS256"}`);
    expect(await setUp().verify(token)).toMatchObject({ tokenUse: "access" });
  });

  test("a token of a key that the pool has added, after one refetch", async () => {
    const { verify, keys } = setUp(
      {},
      keySet([idKey], (set) => set.replace([idKey, newKey].map(publicJwk))),
    );
    expect(await verify(mint({ key: newKey, claims: accessClaims(person) }))).toMatchObject({
      kid: newKey.kid,
    });
    expect(await verify(mint({ key: newKey, claims: idClaims(person) }))).toMatchObject({
      kid: newKey.kid,
    });
    expect(keys.refetches()).toBe(1);
  });
});

/** A good ID token of exactly that many characters. */
function paddedToken(length: number): string {
  // Base64url takes steps; the header's own padding fills the gaps between those of the claims.
  for (const typ of ["", "J", "JW"]) {
    const bare = mint({
      key: idKey,
      header: { typ },
      claims: { ...idClaims(person), pad: "" },
    }).length;
    const estimate = Math.floor(((length - bare) * 3) / 4);
    for (const pad of [estimate - 1, estimate, estimate + 1]) {
      const claims = { ...idClaims(person), pad: "x".repeat(pad) };
      const token = mint({ key: idKey, header: { typ }, claims });
      if (token.length === length) return token;
    }
  }
  throw new Error(`no token has ${length} characters`);
}

function part(text: string | Uint8Array): string {
  return Buffer.from(text).toString("base64url");
}
const splice = (token: string, index: number, text: string) =>
  token.split(".").with(index, text).join(".");
const textOf = (token: string, index: 0 | 1) =>
  Buffer.from(token.split(".")[index] ?? "", "base64url").toString();
const resigned = (token: string, edit: (claims: string) => string) =>
  mintText(accessKey, textOf(token, 0), edit(textOf(token, 1)));
/** A good token whose header is exactly this text. */
function withHeaderText(header: string): string {
  return mintText(accessKey, header, textOf(accessToken(), 1));
}
const publicPem = createPublicKey(accessKey.privateKey).export({ type: "spki", format: "pem" });
const publicDer = createPublicKey(accessKey.privateKey).export({ type: "spki", format: "der" });
const withHeader = (
  header: Record<string, unknown>,
  more: { signWith?: (input: string) => Uint8Array } = {},
) => mint({ key: accessKey, claims: accessClaims(person), header, ...more });

/** Everything here is signed with the pool's real key where it says nothing else; no row may cost a fetch unless it says so. */
const refusals: [why: string, token: string, code: ErrorCode, refetches?: number][] = [
  ["an empty token", "", "token_malformed"],
  ["text that is no token", "not-a-token", "token_malformed"],
  ["two parts", accessToken().split(".").slice(0, 2).join("."), "token_malformed"],
  ["a refresh token, which has five parts", "eyJjdHkiOiJKV1QifQ.a.b.c.d", "token_malformed"],
  ["an empty signature", splice(accessToken(), 2, ""), "token_malformed"],
  ["Bearer left in front", `Bearer ${accessToken()}`, "token_malformed"],
  ["a line behind", `${accessToken()}\n`, "token_malformed"],
  ["base64 padding", `${accessToken()}==`, "token_malformed"],
  [
    "bits left over in the signature",
    accessToken().replace(/.$/, lastBitFlipped),
    "token_malformed",
  ],
  ["a header that is not JSON", splice(accessToken(), 0, part("{alg")), "token_malformed"],
  ["a header that is a list", splice(accessToken(), 0, part("[]")), "token_malformed"],
  ["a header that is null", splice(accessToken(), 0, part("null")), "token_malformed"],
  ["claims that are text", splice(accessToken(), 1, part('"claims"')), "token_malformed"],
  [
    "claims that are not UTF-8",
    splice(accessToken(), 1, part(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))),
    "token_malformed",
  ],
  ["a byte order mark", splice(accessToken(), 1, part('\uFEFF{"iss":1}')), "token_malformed"],
  ["12 KB and one character", paddedToken(12 * 1024 + 1), "token_too_large"],
  ["13 KB", paddedToken(13 * 1024), "token_too_large"],
  ["13 KB of nothing", "x".repeat(13 * 1024), "token_too_large"],

  ["critical extensions", withHeader({ crit: ["b64"], b64: true }), "token_malformed"],
  ["empty critical extensions", withHeader({ crit: [] }), "token_malformed"],
  ["no kid", withHeader({ kid: undefined }), "token_malformed"],
  ["an empty kid", withHeader({ kid: "" }), "token_malformed"],
  ["a kid that is a number", withHeader({ kid: 7 }), "token_malformed"],
  ["a kid of 257 characters", withHeader({ kid: "k".repeat(257) }), "token_malformed"],
  ["no alg", withHeader({ alg: undefined }), "token_signature"],
  ["alg none", withHeader({ alg: "none" }), "token_signature"],
  [
    "alg none without a signature",
    withHeader({ alg: "none" }, { signWith: () => Buffer.from("\0") }),
    "token_signature",
  ],
  ["HS256 with the public key as its secret, PEM", hmacToken(publicPem), "token_signature"],
  ["HS256 with the public key as its secret, DER", hmacToken(publicDer), "token_signature"],
  ["RS512", withHeader({ alg: "RS512" }), "token_signature"],
  ["rs256", withHeader({ alg: "rs256" }), "token_signature"],
  ["a list of algorithms", withHeader({ alg: ["RS256"] }), "token_signature"],

  ["another pool", accessToken({ iss: issuer.replace("AbCdEf123", "Stranger0") }), "token_issuer"],
  [
    "another pool's key and issuer",
    mint({ key: strangersKey, claims: { ...accessClaims(person), iss: "https://evil.example/" } }),
    "token_issuer",
  ],
  ["the second form of the issuer", accessToken({ iss: otherFormIssuer }), "token_issuer"],
  ["a slash behind the issuer", accessToken({ iss: `${issuer}/` }), "token_issuer"],
  ["no issuer", accessToken({ iss: undefined }), "token_issuer"],
  ["a list of issuers", accessToken({ iss: [issuer] }), "token_issuer"],

  [
    "a stranger's key under its own kid",
    mint({ key: strangersKey, claims: accessClaims(person) }),
    "token_signature",
    1,
  ],
  ["a kid of the prototype's names", withHeader({ kid: "__proto__" }), "token_signature", 1],
  [
    "a stranger's key under the pool's kid",
    mint({ key: strangersKey, kid: accessKey.kid, claims: accessClaims(person) }),
    "token_signature",
  ],
  [
    "the pool's other key under this kid",
    mint({ key: idKey, kid: accessKey.kid, claims: accessClaims(person) }),
    "token_signature",
  ],
  [
    "a key of its own in the header",
    mint({
      key: strangersKey,
      kid: accessKey.kid,
      header: { jwk: publicJwk(strangersKey) },
      claims: accessClaims(person),
    }),
    "token_signature",
  ],
  [
    "claims changed after signing",
    splice(accessToken(), 1, accessToken({ "cognito:groups": ["root"] }).split(".")[1] ?? ""),
    "token_signature",
  ],
  ["a signature cut short", accessToken().slice(0, -2), "token_signature"],
  [
    "another token's signature",
    splice(accessToken(), 2, accessToken().split(".")[2] ?? ""),
    "token_signature",
  ],

  ["an expired token", accessToken({ exp: start - 1 }), "token_expired"],
  ["a token in the second it expires", accessToken({ exp: start }), "token_expired"],
  ["an expired ID token", idToken({ exp: start - 7200 }), "token_expired"],
  [
    "an expired token that another key signed",
    mint({ key: strangersKey, kid: accessKey.kid, claims: { ...accessClaims(person), exp: 1 } }),
    "token_expired",
  ],
  [
    "an expired token under a kid that nobody knows",
    mint({ key: strangersKey, claims: { ...accessClaims(person), exp: start } }),
    "token_expired",
  ],
  ["no exp", accessToken({ exp: undefined }), "token_malformed"],
  ["exp as text", accessToken({ exp: String(start + 3600) }), "token_malformed"],
  ["exp null", accessToken({ exp: null }), "token_malformed"],
  [
    "exp beyond numbers",
    resigned(accessToken({ exp: "1e999" }), (claims) => claims.replace('"1e999"', "1e999")),
    "token_malformed",
  ],
  ["no iat", accessToken({ iat: undefined }), "token_malformed"],
  ["iat as text", accessToken({ iat: String(start) }), "token_malformed"],
  ["iat more than 300 seconds ahead", accessToken({ iat: start + 301 }), "token_not_yet_valid"],
  [
    "auth_time more than 300 seconds ahead",
    accessToken({ auth_time: start + 301 }),
    "token_not_yet_valid",
  ],
  ["auth_time as text", accessToken({ auth_time: String(start) }), "token_malformed"],
  [
    "auth_time below numbers",
    resigned(accessToken({ auth_time: "-1e999" }), (claims) =>
      claims.replace('"-1e999"', "-1e999"),
    ),
    "token_malformed",
  ],
  ["auth_time null", accessToken({ auth_time: null }), "token_malformed"],
  ["nbf a second ahead", accessToken({ nbf: start + 1 }), "token_not_yet_valid"],
  ["nbf as text", accessToken({ nbf: "0" }), "token_malformed"],

  ["no token_use", accessToken({ token_use: undefined }), "token_use"],
  ["another token_use", accessToken({ token_use: "telltale" }), "token_use"],
  ["a list of token uses", accessToken({ token_use: ["access"] }), "token_use"],
  ["an ID token where the client gets access tokens only", idToken({ aud: api }), "token_use"],
  ["an ID token of a machine client", idToken({ aud: machine }), "token_use"],
  ["scopes that are null", accessToken({ scope: null }), "token_malformed"],
  ["a list of scopes", accessToken({ scope: ["openid"] }), "token_malformed"],
  ["a scope of 1025 characters", accessToken({ scope: "s".repeat(1025) }), "token_malformed"],

  [
    "another client of the pool",
    accessToken({ client_id: "1example2345strangerclient" }),
    "token_client",
  ],
  ["another client's ID token", idToken({ aud: "1example2345strangerclient" }), "token_client"],
  ["a client of the prototype's names", accessToken({ client_id: "constructor" }), "token_client"],
  ["no client", accessToken({ client_id: undefined }), "token_client"],
  [
    "an access token with aud in place of client_id",
    accessToken({ client_id: undefined, aud: web }),
    "token_client",
  ],
  [
    "an ID token with client_id in place of aud",
    idToken({ aud: undefined, client_id: web }),
    "token_client",
  ],
  ["a list of audiences", idToken({ aud: [web] }), "token_client"],
  ["a machine's token with a username", machineToken({ username: "ada" }), "token_client"],
  ["a machine's token with an empty username", machineToken({ username: "" }), "token_client"],
  [
    "a machine's token with an ID token's username",
    machineToken({ "cognito:username": "ada" }),
    "token_client",
  ],
  ["a person's token at a machine client", accessToken({ client_id: machine }), "token_client"],
  ["a machine's token with another subject", machineToken({ sub: person.sub }), "token_client"],
  [
    "a machine's token at a client for people",
    machineToken({ sub: web, client_id: web }),
    "token_client",
  ],
  ["a person's token whose subject is the client", accessToken({ sub: web }), "token_client"],
  ["an access token without username", accessToken({ username: undefined }), "token_client"],
  [
    "an access token with an ID token's username",
    accessToken({ username: undefined, "cognito:username": "ada" }),
    "token_client",
  ],
  [
    "an ID token with an access token's username",
    idToken({ "cognito:username": undefined, username: "ada" }),
    "token_client",
  ],
  ["a username of 257 characters", accessToken({ username: "u".repeat(257) }), "token_client"],

  ["no subject", accessToken({ sub: undefined }), "token_malformed"],
  ["an empty subject", accessToken({ sub: "" }), "token_malformed"],
  ["a subject that is a number", accessToken({ sub: 1 }), "token_malformed"],
  ["groups as text", accessToken({ "cognito:groups": "admin" }), "token_malformed"],
  ["groups null", accessToken({ "cognito:groups": null }), "token_malformed"],
  ["a group that is a number", accessToken({ "cognito:groups": ["admin", 1] }), "token_malformed"],
];

test.each(refusals)("refuses %s", async (_why, token, code, refetches = 0) => {
  const { verify, keys } = setUp();
  await expect(verify(token)).rejects.toMatchObject({ name: "GuardError", code });
  expect(keys.refetches()).toBe(refetches);
});

test("no refusal repeats anything of the token", async () => {
  const { verify } = setUp();
  for (const [, token] of refusals.filter(([, text]) => text.length > 40)) {
    const error: unknown = await verify(token).catch((reason: unknown) => reason);
    const told =
      error instanceof GuardError
        ? `${error.message} ${JSON.stringify(error.cause ?? null)}`
        : "not a GuardError";
    const secrets = [
      ...token.split("."),
      person.sub,
      "ada",
      "evil",
      "Stranger0",
      web,
      machine,
      "telltale",
    ].filter((text) => text.length > 2);
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  }
});

function hmacToken(secret: string | Buffer): string {
  return withHeader(
    { alg: "HS256" },
    { signWith: (input) => createHmac("sha256", Buffer.from(secret)).update(input).digest() },
  );
}

/** Another last character that decodes to the same bytes: a 2048 bit signature leaves four bits over. */
function lastBitFlipped(character: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(character) ^ 1] ?? "";
}

describe("time", () => {
  test("is judged by the clock that was passed in alone", async () => {
    const long = { ...accessClaims({ ...person, now: 1000, lifetimeSeconds: 100 }), nbf: 1000 };
    const { verify } = setUp({ now: () => 1050 });
    expect(await verify(mint({ key: accessKey, claims: long }))).toMatchObject({ expiresAt: 1100 });
    const far = accessClaims({ ...person, now: 9_000_000_000, lifetimeSeconds: 100 });
    const later = setUp({ now: () => 9_000_000_050 });
    expect(
      await later.verify(mint({ key: accessKey, claims: { ...far, nbf: 9_000_000_000 } })),
    ).toMatchObject({ notBefore: 9_000_000_000 });
  });

  test("moves on between two calls", async () => {
    const { verify, clock } = setUp();
    const token = accessToken();
    await verify(token);
    clock.advance(3540);
    await expect(verify(token)).rejects.toMatchObject({ code: "token_expired" });
  });

  test("a clock without a number accepts nothing", async () => {
    await expect(setUp({ now: () => Number.NaN }).verify(accessToken())).rejects.toMatchObject({
      code: "token_expired",
    });
  });
});

describe("token uses", () => {
  test.each([
    ["id", idToken(), accessToken()],
    ["access", accessToken(), idToken()],
  ] as const)("only %s tokens", async (use, taken, refused) => {
    const { verify } = setUp({ tokenUses: [use] });
    expect(await verify(taken)).toMatchObject({ tokenUse: use });
    await expect(verify(refused)).rejects.toMatchObject({ code: "token_use" });
    const anyClient = setUp({ tokenUses: [use], clients: null });
    await expect(anyClient.verify(refused)).rejects.toMatchObject({ code: "token_use" });
  });
});

describe("keys", () => {
  test("a key that the pool has withdrawn is not trusted any more", async () => {
    const { verify, keys } = setUp();
    await verify(accessToken());
    keys.replace([publicJwk(idKey)]);
    await expect(verify(accessToken())).rejects.toMatchObject({ code: "token_signature" });
    expect(await verify(idToken())).toMatchObject({ kid: idKey.kid });
    expect(keys.refetches()).toBe(1);
  });

  test("a kid that gets another key is checked against that one", async () => {
    const { verify, keys } = setUp();
    await verify(accessToken());
    keys.replace([publicJwk({ ...newKey, kid: accessKey.kid })]);
    await expect(verify(accessToken())).rejects.toMatchObject({ code: "token_signature" });
    expect(
      await verify(mint({ key: newKey, kid: accessKey.kid, claims: accessClaims(person) })),
    ).toMatchObject({ kid: accessKey.kid });
  });

  test("an outage while the key is unknown is our failure, not the token's", async () => {
    const refused = new GuardError("keys_unavailable", "fetched and failed");
    const stranger = mint({ key: strangersKey, claims: accessClaims(person) });
    const failing = setUp(
      {},
      keySet([idKey, accessKey], () => Promise.reject(refused)),
    );
    await expect(failing.verify(stranger)).rejects.toBe(refused);
    expect(await failing.verify(accessToken())).toMatchObject({ kid: accessKey.kid });

    const socket = new Error("ECONNRESET");
    const broken = setUp(
      {},
      keySet([idKey], () => Promise.reject(socket)),
    );
    await expect(broken.verify(stranger)).rejects.toMatchObject({
      name: "GuardError",
      code: "keys_unavailable",
      cause: socket,
    });
  });

  test("keys may come after the verifier", async () => {
    const { verify, keys } = setUp({}, keySet([]));
    keys.replace([publicJwk(accessKey)]);
    expect(await verify(accessToken())).toMatchObject({ kid: accessKey.kid });
    expect(keys.refetches()).toBe(0);
  });

  test("keys are imported once a generation, not once a token", async () => {
    const keys = keySet();
    let reads = 0;
    const listed = keys.current().keys.map((jwk) => ({
      ...jwk,
      get n() {
        reads += 1;
        return jwk.n;
      },
    }));
    keys.replace(listed);
    const { verify } = setUp({}, keys);
    expect(reads).toBe(2);
    await verify(accessToken());
    await verify(idToken());
    expect(reads).toBe(2);
    keys.replace(listed);
    await verify(idToken());
    expect(reads).toBe(4);
  });
});

describe("building", () => {
  const deps: VerifierDeps = {
    issuers: [issuer],
    clients: null,
    tokenUses: null,
    keys: keySet(),
    now: () => start,
  };

  test.each<[why: string, changes: Partial<VerifierDeps>, message: RegExp]>([
    ["no issuer", { issuers: [] }, /issuers lists the names of one user pool/],
    [
      "an issuer that is no user pool",
      { issuers: ["https://evil.example/"] },
      /issuers lists the names of one user pool/,
    ],
    [
      "a pool id on another host",
      { issuers: ["https://evil.example/eu-central-1_AbCdEf123"] },
      /issuers lists the names of one user pool/,
    ],
    ["a slash behind", { issuers: [`${issuer}/`] }, /issuers lists the names of one user pool/],
    [
      "two pools",
      { issuers: [issuer, issuer.replace("AbCdEf123", "Stranger0")] },
      /issuers lists the names of one user pool/,
    ],
    [
      "another region than the pool's",
      { issuers: [issuer.replace("idp.eu-central-1", "idp.us-east-1")] },
      /issuers lists the names of one user pool/,
    ],
    ["no token use at all", { tokenUses: [] }, /tokenUses lists id, access or both/],
  ])("refuses %s", (_why, changes, message) => {
    const build = () => createVerifier({ ...deps, ...changes });
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
  });

  test("weaker security is spelled out: the short forms do not compile, and do not run", () => {
    const { issuers, tokenUses, keys, now } = deps;
    // @ts-expect-error which issuers?
    expect(() => createVerifier({ clients: null, tokenUses, keys, now })).toThrow(TypeError);
    // @ts-expect-error which clients? `null` is any
    expect(() => createVerifier({ issuers, tokenUses, keys, now })).toThrow(TypeError);
    // @ts-expect-error which token uses? `null` is both
    expect(() => createVerifier({ issuers, clients: null, keys, now })).toThrow(TypeError);
    // @ts-expect-error a client has a kind
    const kindless: VerifierDeps["clients"] = { [web]: { tokenUses: ["id"] } };
    // @ts-expect-error a client has token uses
    const useless: VerifierDeps["clients"] = { [web]: { kind: "person" } };
    for (const wrong of [kindless, useless]) {
      expect(() => createVerifier({ ...deps, clients: wrong })).toThrow(TypeError);
    }
  });

  test("keeps a copy: who changes the settings later changes nothing", async () => {
    const issuers = [issuer];
    const tokenUses: TokenUse[] = ["access"];
    const changing: Record<string, AcceptedClient> = { [web]: { kind: "person", tokenUses } };
    const { verify } = setUp({ issuers, clients: changing, tokenUses });
    issuers.push(otherFormIssuer);
    tokenUses.push("id");
    changing[machine] = { kind: "machine", tokenUses };
    await expect(verify(idToken())).rejects.toMatchObject({ code: "token_use" });
    await expect(verify(idToken({ iss: otherFormIssuer }))).rejects.toMatchObject({
      code: "token_issuer",
    });
    await expect(verify(machineToken())).rejects.toMatchObject({ code: "token_client" });
  });
});

test.each([undefined, "", "  "])(
  "takes an access token whose scopes a trigger has taken away, as %j, for one without scopes",
  async (scope) => {
    const { verify } = setUp();
    expect((await verify(accessToken({ scope }))).caller).toMatchObject({
      kind: "user",
      scopes: [],
    });
    expect((await verify(machineToken({ scope }))).caller).toMatchObject({
      kind: "client",
      scopes: [],
    });
  },
);

describe("claims", () => {
  const claims = ["email", "name", "custom:tenant", "roles", "phone_number"];
  const of = async (token: string) => {
    const { caller } = await setUp({ claims }).verify(token);
    return caller.kind === "user" ? caller.claims : caller;
  };
  const all = {
    email: "ada@example.com",
    email_verified: true,
    name: "Ada L\u00f6velace",
    "custom:tenant": "acme",
    roles: ["a", { b: 1 }],
    phone_number: "+49301234",
    phone_number_verified: true,
  };

  test("are the same of an ID token and of an access token that has them, and no others", async () => {
    const { email_verified: _e, phone_number_verified: _p, ...told } = all;
    expect(await of(idToken({ ...all, secret: "x" }))).toEqual(told);
    expect(await of(accessToken({ ...all, secret: "x" }))).toEqual(told);
  });

  test("are missing where the token has none, and where the app asks for none", async () => {
    expect(await of(accessToken())).toEqual({});
    const { caller } = await setUp().verify(idToken(all));
    expect(caller).not.toHaveProperty("claims");
  });

  test("are nothing that a machine has", async () => {
    expect(await of(machineToken(all))).toMatchObject({ kind: "client" });
    expect(await of(machineToken(all))).not.toHaveProperty("claims");
  });

  test.each([
    [true, true],
    ["true", true],
    [false, false],
    ["false", false],
    [undefined, false],
    [1, false],
    ["TRUE", false],
  ])("an address counts only when it is verified: %j", async (verified, counts) => {
    const told = await of(
      idToken({ ...all, email_verified: verified, phone_number_verified: verified }),
    );
    expect(Object.keys(told ?? {}).toSorted()).toEqual(
      ["custom:tenant", "name", "roles", ...(counts ? ["email", "phone_number"] : [])].toSorted(),
    );
  });

  test.each([
    ["254 characters", "t".repeat(254), true],
    ["255 characters", "t".repeat(255), false],
    ["128 letters of two bytes", "\u00e4".repeat(128), false],
    ["a long list", Array(100).fill("role"), false],
    ["null", null, false],
    ["nothing but quotes", "", true],
    ["false", false, true],
  ])("a value of %s", async (_what, tenant, counts) => {
    const told = await of(idToken({ "custom:tenant": tenant }));
    expect(told).toEqual({
      email: "person@example.com",
      ...(counts && { "custom:tenant": tenant }),
    });
  });
});
