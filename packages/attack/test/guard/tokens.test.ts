import { createVerify } from "node:crypto";

import {
  accessKey,
  idKey,
  issuer,
  machineClient,
  originRequestEvent,
  updatedIssuer,
  webClient,
} from "@sst-gatehouse/edge/test/events";
import {
  accessClaims,
  idClaims,
  type KeyPair,
  machineClaims,
  makeKeyPair,
  mint,
} from "@sst-gatehouse/testkit/tokens";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { type AttackedGuard, loadAttackedGuard } from "./built-guard.ts";

let guard: AttackedGuard;
beforeAll(async () => {
  guard = await loadAttackedGuard();
});
afterAll(() => guard.close());

const now = Math.floor(Date.now() / 1000);
const strangersKey = makeKeyPair();
const pool = new Map([idKey, accessKey].map((key) => [key.kid, key]));

type Members = Readonly<Record<string, unknown>>;

const kinds: Readonly<Record<string, () => Members>> = {
  id: () => idClaims({ issuer, clientId: webClient, now, groups: ["admin"] }),
  access: () => accessClaims({ issuer, clientId: webClient, now, groups: ["admin"] }),
  machine: () =>
    machineClaims({ issuer, clientId: machineClient, now, scopes: ["api/read", "api/write"] }),
};

const foreign = issuer.replace(/.$/, "4");
/** What a claim might say instead; most of it is none of Cognito's words. */
const hostile: Readonly<Record<string, readonly unknown[]>> = {
  iss: [updatedIssuer, foreign, `${issuer}/`, issuer.toUpperCase(), [issuer], undefined],
  aud: [webClient, machineClient, [webClient], "", null, "3other3other3other3other3", undefined],
  client_id: [webClient, machineClient, [machineClient], ` ${webClient}`, true, undefined],
  token_use: ["id", "access", "refresh", "ID", ["id", "access"], null, undefined],
  exp: [
    now,
    now - 1,
    now - 1e6,
    Number.MAX_VALUE,
    `${now + 3600}`,
    null,
    [now + 60],
    true,
    undefined,
  ],
  nbf: [now - 10, now + 3600, "0", null, {}],
  iat: [now - 600, now + 3600, "1", -1, null, undefined],
  auth_time: [now - 7200, now + 3600, "1", null, [], undefined],
  sub: ["", machineClient, webClient, null, 7, {}, "x".repeat(257), "someone-else", undefined],
  username: ["", "ada", machineClient, null, 0, ["ada"], undefined],
  "cognito:username": ["", "ada", webClient, null, undefined],
  "cognito:groups": ["admin", ["admin"], [["admin"]], { 0: "admin" }, [null], [""], undefined],
  scope: ["api/read", " ", "", ["api/read"], null, "api/read api/write", undefined],
  __proto__: [{ sub: "root" }],
};
const hostileHeader: Readonly<Record<string, readonly unknown[]>> = {
  alg: ["RS256", "none", "None", "HS256", "RS512", "PS256", null, ["RS256"], undefined],
  kid: [idKey.kid, accessKey.kid, strangersKey.kid, "../../etc/passwd", "", null, {}, undefined],
  crit: [["exp"], [], null],
  typ: ["JWT", "at+jwt", null],
  jwk: [{ kty: "oct", k: "AAAA" }],
  jku: ["https://evil.example/jwks.json"],
  b64: [false],
};

const changeOf = (table: Readonly<Record<string, readonly unknown[]>>) =>
  fc
    .constantFrom(...Object.keys(table))
    .chain((name) =>
      fc.constantFrom(...(table[name] ?? [])).map((value): [string, unknown] => [name, value]),
    );

const flip = (text: string, at: number, to: string) =>
  text.slice(0, at % text.length) + to + text.slice((at % text.length) + 1);
/** What may happen to a token on its way. */
const rewritten = fc.oneof(
  { weight: 6, arbitrary: fc.constant((token: string) => token) },
  { weight: 1, arbitrary: fc.constant((token: string) => `${token}=`) },
  { weight: 1, arbitrary: fc.constant((token: string) => token.replaceAll("-", "+")) },
  { weight: 1, arbitrary: fc.constant((token: string) => `${token}.`) },
  { weight: 1, arbitrary: fc.constant((token: string) => token.replace(/\.[^.]*$/, ".")) },
  { weight: 1, arbitrary: fc.constant((token: string) => token.replace(/.$/, "A")) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.constantFrom(...Array.from("AQgwx-_.=+/ "))).map(
      ([at, to]) =>
        (token: string) =>
          flip(token, at, to),
    ),
  },
);

const attack = fc.record({
  kind: fc.constantFrom(...Object.keys(kinds)),
  key: fc.constantFrom<KeyPair>(idKey, idKey, accessKey, strangersKey),
  claims: fc.array(changeOf(hostile), { maxLength: 2 }),
  header: fc.oneof(
    { weight: 3, arbitrary: fc.constant<[string, unknown][]>([]) },
    { weight: 1, arbitrary: fc.array(changeOf(hostileHeader), { maxLength: 2 }) },
  ),
  rewrite: rewritten,
});

/** Who the backend is told is calling; undefined where the guard refuses. */
async function toldOf(token: string): Promise<Members | undefined> {
  const result = await guard.handle(
    originRequestEvent({ uri: "/echo", headers: { authorization: `Bearer ${token}` } }),
  );
  if (!result || "status" in result) {
    if (!/^(401|403|503)$/.test(result?.status ?? "")) throw new Error(`status ${result?.status}`);
    return undefined;
  }
  const value = result.headers["x-gatehouse-caller"]?.[0]?.value ?? "";
  return JSON.parse(Buffer.from(value, "base64url").toString("utf8"));
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the guard has taken a token ${what}`);
}

/** What RFC 7515, RFC 7519 and Cognito's own pages ask of a token, written without a look at the guard. */
function whoItIs(token: string): Members {
  const parts = token.split(".");
  const bytes = parts.map((part) => Buffer.from(part, "base64url"));
  must(parts.length === 3, "that has not three parts");
  must(bytes.map((part) => part.toString("base64url")).join(".") === token, "of other bytes");
  const [header, claims] = bytes.slice(0, 2).map((part): Members => JSON.parse(part.toString()));
  if (header === undefined || claims === undefined) throw new Error("no token");
  must(header["alg"] === "RS256" && !("crit" in header), "with another header");
  const key = pool.get(String(header["kid"]));
  if (key === undefined) throw new Error("no key of the pool");
  const check = createVerify("RSA-SHA256").update(token.slice(0, token.lastIndexOf(".")));
  must(check.verify(key.publicKey, parts[2] ?? "", "base64url"), "with a wrong signature");

  const { iss, exp, nbf = 0, iat, auth_time: authTime = iat, token_use: use, sub, scope } = claims;
  must(iss === issuer || iss === updatedIssuer, "of another issuer");
  const isTime = (value: unknown, from: number, to: number) =>
    typeof value === "number" && value > from && value <= to;
  must(isTime(exp, now, Infinity), "that has expired");
  // A few seconds may have passed since the tokens were made; the hostile times are an hour away.
  const soon = now + 600;
  must(isTime(nbf, -Infinity, soon) && isTime(iat, -Infinity, soon), "from the future");
  must(isTime(authTime, -Infinity, soon), "of a sign-in in the future");

  const clientId = use === "id" ? claims["aud"] : claims["client_id"];
  must(use === "id" || use === "access", "of another use");
  must(typeof sub === "string" && sub !== "", "of nobody");
  // A trigger may take every scope away.
  const text = use === "access" && scope !== undefined ? scope : "";
  if (typeof text !== "string") throw new Error("the guard has taken a token of other scopes");
  const scopes = text.split(" ").filter(Boolean);
  if (clientId === machineClient) {
    must(use === "access" && sub === clientId && !("username" in claims), "that is no machine's");
    return { kind: "client", clientId, scopes };
  }
  must(clientId === webClient && sub !== clientId, "of another client");
  const username = use === "id" ? claims["cognito:username"] : claims["username"];
  return { kind: "user", sub, username, groups: claims["cognito:groups"] ?? [], scopes };
}

test("who the backend is told is calling is who a key of the pool has signed for, and nobody else", async () => {
  const seed = drawSeed("tokens");
  let admitted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(attack, async ({ kind, key, claims, header, rewrite }) => {
      const minted = mint({
        key,
        claims: { ...kinds[kind]?.(), ...Object.fromEntries(claims) },
        header: Object.fromEntries(header),
      });
      const token = rewrite(minted);
      const told = await toldOf(token);
      if (told === undefined) {
        refused += 1;
        const untouched = token === minted && claims.length + header.length === 0;
        if (untouched && key !== strangersKey) throw new Error("a good token was refused");
        return;
      }
      admitted += 1;
      const { viewerAddress, ...caller } = told;
      expect(viewerAddress).toBe("203.0.113.178");
      expect(caller).toEqual(whoItIs(token));
    }),
    { seed, numRuns: draws },
  );
  expect(admitted).toBeGreaterThan(draws / 20);
  expect(refused).toBeGreaterThan(draws / 4);
});
