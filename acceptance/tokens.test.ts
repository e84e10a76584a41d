import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, test } from "vitest";

import { viaApp } from "./support/client.ts";
import { createForge, decodeClaims, type Forge } from "./support/forge.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";

let target: Target;
let forge: Forge;
/** Both names of the pool. */
const issuers = (): readonly string[] =>
  ["cognito-idp", "issuer-cognito-idp"].map(
    (host) => `https://${host}.${target.region}.amazonaws.com/${target.userPoolId}`,
  );
/** Names that look like the pool's. */
const almostIssuers = (): readonly string[] =>
  issuers()
    .flatMap((issuer) => [
      `${issuer}/`,
      issuer.toUpperCase(),
      issuer.replace("https:", "http:"),
      issuer.replace("idp.", "idp.fips."),
      issuer.replace("//", "//issuer-"),
      issuer.replace(".amazonaws.com", ".amazonaws.com.cn"),
      issuer.replace(`.${target.region}.`, ".us-east-1."),
      `${issuer}x`,
    ])
    .filter((name) => !issuers().includes(name));
beforeAll(async () => {
  target = loadTarget();
  forge = await createForge(target);
});

/** Of the stage's pool, by its first name, and since when. */
function signedIn(token: string): { issuer: string; signedInAt: unknown } {
  return {
    issuer: `https://cognito-idp.${target.region}.amazonaws.com/${target.userPoolId}`,
    signedInAt: decodeClaims(token)["auth_time"],
  };
}

describe("a good token is admitted", () => {
  test("an ID token, with Hello, world!", async () => {
    const answer = await viaApp(target, { token: target.tokens.id });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      message: "Hello, world!",
      caller: {
        kind: "user",
        sub: decodeClaims(target.tokens.id)["sub"],
        username: target.users[0]?.username,
        groups: [],
        scopes: [],
        ...signedIn(target.tokens.id),
      },
    });
  });

  test("an access token, with its scopes", async () => {
    const answer = await viaApp(target, { path: "/me", token: target.tokens.access });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      kind: "user",
      sub: decodeClaims(target.tokens.access)["sub"],
      username: target.users[0]?.username,
      groups: [],
      scopes: String(decodeClaims(target.tokens.access)["scope"]).split(" "),
      ...signedIn(target.tokens.access),
    });
  });

  describe("one that Cognito did not make but could have", () => {
    needs("forgery");
    test("under either name of the pool, as the same caller", async () => {
      for (const token of [target.tokens.access, target.tokens.id]) {
        const { token_use, ...claims } = decodeClaims(token);
        const use = token_use === "id" ? "id" : "access";
        const caller = (await viaApp(target, { path: "/me", token })).json();
        expect(caller["kind"]).toBe("user");
        for (const iss of issuers()) {
          const minted = await forge.mint(use, { ...claims, token_use, iss });
          expect((await viaApp(target, { path: "/me", token: minted })).json()).toEqual(caller);
        }
      }
    });

    test("so that the refusals below mean something", async () => {
      for (const token of [
        await forge.mint("id", forge.idClaims()),
        await forge.mint("access", forge.accessClaims()),
      ]) {
        expect((await viaApp(target, { token })).status).toBe(200);
      }
    });

    test.each([undefined, ""])(
      "an access token whose scopes a trigger has taken away, %j",
      async (scope) => {
        const token = await forge.mint("access", forge.accessClaims({ scope }));
        expect((await viaApp(target, { path: "/me", token })).json()).toMatchObject({
          kind: "user",
          scopes: [],
        });
      },
    );

    // As SAML and OpenID Connect providers and their mappings write them.
    test.each([
      "AzureAD_ada.lovelace@corp.example",
      "Company_Jürgen Müller",
      "Okta_auth0|5f7c8ec7c33c6c004bbafe82",
      'Corp_CN=Ada, OU="R&D", O=a/b;c',
      "LINE_엘리스 😀\u0301",
      "x".repeat(128),
    ])("a person named %s, with groups of every form", async (name) => {
      const groups = [
        "Domain Admins",
        "Vertrieb/Süd",
        `${target.userPoolId}_Company`,
        "arn:aws:iam::111122223333:role/x",
        "a,b;c=d",
        "[x]",
        "😀",
      ];
      const others = {
        "cognito:groups": groups,
        "cognito:roles": ["arn:aws:iam::111122223333:role/x"],
        "custom:company_groups": "[a, b]",
        identities: [{ userId: name, providerName: "Company", primary: "true", dateCreated: "1" }],
        address: { formatted: "Straße 1\n10115 Berlin" },
      };
      for (const token of [
        await forge.mint("id", forge.idClaims({ ...others, "cognito:username": name })),
        await forge.mint("access", forge.accessClaims({ ...others, username: name })),
      ]) {
        const caller = (await viaApp(target, { path: "/me", token })).json();
        expect(caller).toMatchObject({ kind: "user", username: name, groups });
      }
    });

    test.each([
      [125, 200, undefined],
      [150, 431, "headers_too_large"],
      [230, 401, "token_too_large"],
    ])("a person in %d groups with ids for names: %d", async (count, status, code) => {
      const groups = Array.from({ length: count }, () => randomUUID());
      const token = await forge.mint("id", forge.idClaims({ "cognito:groups": groups }));
      const answer = await viaApp(target, { path: "/me", token });
      const told = answer.json();
      const toldGroups = status === 200 ? groups : undefined;
      expect([answer.status, told["code"], told["groups"]]).toEqual([status, code, toldGroups]);
    });
  });

  test("the scheme in any case", async () => {
    expect(
      (await viaApp(target, { headers: { authorization: `bearer ${target.tokens.id}` } })).status,
    ).toBe(200);
  });
});

describe("a bad token is refused with its code", () => {
  const later = (
    claims: Record<string, unknown>,
    name: string,
    seconds: number,
  ): Record<string, unknown> => ({
    [name]: Number(claims["iat"]) + seconds,
  });
  const machine = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
    client_id: target.clients.machine.id,
    sub: target.clients.machine.id,
    username: undefined,
    scope: "api/read",
    ...changes,
  });

  type Refusal = [why: string, token: () => string | Promise<string>, code: string];
  const refusals: Refusal[] = [
    ["not a token", () => "hello", "token_malformed"],
    ["three empty parts", () => "..", "token_malformed"],
    ["parts that are not JSON", () => "YQ.YQ.YQ", "token_malformed"],
    ["a refresh token's five parts", () => "a.b.c.d.e", "token_malformed"],
    [
      "13 KB",
      () => `${target.tokens.id}${"a".repeat(13 * 1024 - target.tokens.id.length)}`,
      "token_too_large",
    ],
    [
      "one changed character in the signature",
      () => changeLast(target.tokens.id),
      "token_signature",
    ],
    [
      "claims changed after signing",
      () => withClaims(target.tokens.id, { "cognito:groups": ["admin"] }),
      "token_signature",
    ],
    ["HS256 with the public key", () => forge.hs256(forge.idClaims()), "token_signature"],
    [
      "another key under the pool's kid",
      () => forge.byStranger(forge.idClaims(), forge.kids.id),
      "token_signature",
    ],
    [
      "another key under its own kid",
      () => forge.byStranger(forge.idClaims(), "c3RyYW5nZXI="),
      "token_signature",
    ],
    [
      "another pool",
      () =>
        forge.byStranger(
          forge.idClaims({ iss: `${String(forge.idClaims()["iss"])}x` }),
          "b3RoZXI=",
        ),
      "token_issuer",
    ],
  ];
  /** Signed with the pool's own keys. */
  const forged: Refusal[] = [
    [
      "the pool's other key with the wrong kid",
      () => forge.mint("access", forge.idClaims(), { kid: forge.kids.id }),
      "token_signature",
    ],
    ["no issuer", () => forge.mint("id", forge.idClaims({ iss: undefined })), "token_issuer"],
    [
      "another client of the pool",
      () => forge.mint("id", forge.idClaims({ aud: "1otherclientofthepool12345" })),
      "token_client",
    ],
    [
      "another client in an access token",
      () => forge.mint("access", forge.accessClaims({ client_id: "1otherclientofthepool12345" })),
      "token_client",
    ],
    [
      "a client called like an object's own member",
      () => forge.mint("id", forge.idClaims({ aud: "__proto__" })),
      "token_client",
    ],
    [
      "a list of audiences",
      () => forge.mint("id", forge.idClaims({ aud: [target.clients.web.id] })),
      "token_client",
    ],
    [
      "no client",
      () => forge.mint("access", forge.accessClaims({ client_id: undefined })),
      "token_client",
    ],
    [
      "an unknown token use",
      () => forge.mint("id", forge.idClaims({ token_use: "refresh" })),
      "token_use",
    ],
    ["no token use", () => forge.mint("id", forge.idClaims({ token_use: undefined })), "token_use"],
    [
      "an ID token for the machines' client",
      () => forge.mint("id", forge.idClaims({ aud: target.clients.machine.id })),
      "token_use",
    ],
    [
      "a machine's token with a username",
      () => forge.mint("access", forge.accessClaims(machine({ username: "alice" }))),
      "token_client",
    ],
    [
      "a machine's token for another subject",
      () => forge.mint("access", forge.accessClaims(machine({ sub: "somebody" }))),
      "token_client",
    ],
    [
      "a person's token without a username",
      () => forge.mint("access", forge.accessClaims({ username: undefined })),
      "token_client",
    ],
    [
      "expired",
      () => forge.mint("id", forge.idClaims(later(forge.idClaims(), "exp", -1))),
      "token_expired",
    ],
    ["no expiry", () => forge.mint("id", forge.idClaims({ exp: undefined })), "token_malformed"],
    [
      "an expiry that is text",
      () => forge.mint("id", forge.idClaims({ exp: "2999999999" })),
      "token_malformed",
    ],
    [
      "not before tomorrow",
      () => forge.mint("id", forge.idClaims(later(forge.idClaims(), "nbf", 86_400))),
      "token_not_yet_valid",
    ],
    [
      "issued tomorrow",
      () => forge.mint("id", forge.idClaims(later(forge.idClaims(), "iat", 86_400))),
      "token_not_yet_valid",
    ],
    [
      "no time of issue",
      () => forge.mint("id", forge.idClaims({ iat: undefined })),
      "token_malformed",
    ],
    [
      "a time of sign-in that is text",
      () => forge.mint("id", forge.idClaims({ auth_time: "1" })),
      "token_malformed",
    ],
    [
      "a critical header extension",
      () => forge.mint("id", forge.idClaims(), { crit: ["b64"], b64: true }),
      "token_malformed",
    ],
  ];

  test.each(refusals)("%s", expectRefusal);

  describe("although the pool has signed it:", () => {
    needs("forgery");
    test.each(forged)("%s", expectRefusal);

    test("a name that is almost one of the pool's", async () => {
      for (const iss of almostIssuers()) {
        const token = await forge.mint("id", forge.idClaims({ iss }));
        const answer = await viaApp(target, { token });
        expect([iss, answer.status, answer.json()["code"]]).toEqual([iss, 401, "token_issuer"]);
      }
    });
  });

  async function expectRefusal(...[, make, code]: Refusal): Promise<void> {
    const answer = await viaApp(target, { token: await make() });
    const { title: _title, detail, requestId, ...problem } = answer.json();
    expect(problem).toEqual({ type: "about:blank", status: 401, code, signInUrl: "/.auth/login" });
    expect(requestId).toBe(answer.header("x-amz-cf-id"));
    expect(String(detail)).toMatch(/^[A-Z].*\.$/);
    expect(answer.header("content-type")).toBe("application/problem+json");
    expect(answer.header("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(answer.header("cache-control")).toBe("no-store");
  }

  test("alg none", async () => {
    const answer = await viaApp(target, { token: forge.unsigned(forge.idClaims()) });
    expect(answer.status).toBe(401);
    expect(["token_signature", "token_malformed"]).toContain(answer.json()["code"]);
  });

  test("no token at all, with a bare challenge", async () => {
    const answer = await viaApp(target);
    expect(answer.status).toBe(401);
    expect(answer.json()["code"]).toBe("token_missing");
    expect(answer.header("www-authenticate")).toBe("Bearer");
  });

  test("a bad token is refused where nobody has to sign in, too", async () => {
    expect((await viaApp(target, { path: "/public/health" })).status).toBe(200);
    expect((await viaApp(target, { path: "/public/health", token: "hello" })).json()["code"]).toBe(
      "token_malformed",
    );
  });
});

/** Changes a bit that counts: the last character of a signature holds two that do not. */
function changeLast(token: string): string {
  const at = token.length - 2;
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}

function withClaims(token: string, changes: Record<string, unknown>): string {
  const [header, , signature] = token.split(".");
  const claims = Buffer.from(JSON.stringify({ ...decodeClaims(token), ...changes })).toString(
    "base64url",
  );
  return `${header}.${claims}.${signature}`;
}
