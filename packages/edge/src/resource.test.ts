import { type AccessRules, defineAccess } from "@sst-gatehouse/core/access";
import { accessClaims, idClaims, mint } from "@sst-gatehouse/testkit/tokens";
import { beforeAll, describe, expect, test } from "vitest";

import { access, withResource } from "../test/access.ts";
import {
  accessKey,
  givingPeople,
  guardSettings,
  idKey,
  issuer,
  webClient,
} from "../test/events.ts";
import {
  appOrigin,
  type Bench,
  createBench,
  fetched,
  followed,
  hostedOrigin,
  type Outcome,
} from "../test/test-browser.ts";

const settings = givingPeople("api/read");

let bench: Bench;
beforeAll(() => {
  bench = createBench(settings, { access: withResource });
});

const atResource = "/.well-known/oauth-protected-resource";
const atServer = "/.well-known/oauth-authorization-server";
const found = `resource_metadata="${appOrigin}${atResource}/mcp"`;

function bearer(scopes: readonly string[], more: object = {}, groups: readonly string[] = []) {
  const now = bench.clock.now();
  const claims = { ...accessClaims({ issuer, clientId: webClient, now, scopes, groups }), ...more };
  return { authorization: `Bearer ${mint({ key: accessKey, claims })}` };
}

describe("the metadata", () => {
  test.each([atResource, `${atResource}/mcp`])(
    "of the resource is at %s, for everybody",
    async (uri) => {
      const { status, headers, body } = await bench.send({ uri });
      expect([status, JSON.parse(body)]).toEqual([
        200,
        {
          resource: `${appOrigin}/mcp`,
          authorization_servers: [appOrigin],
          scopes_supported: ["api/read"],
          bearer_methods_supported: ["header"],
        },
      ]);
      expect(headers).toMatchObject({
        "access-control-allow-origin": ["*"],
        "content-type": ["application/json"],
        "cache-control": ["no-store"],
      });
    },
  );

  test("of the authorization server names the app as issuer, and the hosted sign-in's endpoints", async () => {
    const { status, headers, body } = await bench.send({ uri: atServer });
    expect([status, headers["access-control-allow-origin"], JSON.parse(body)]).toEqual([
      200,
      ["*"],
      {
        issuer: appOrigin,
        authorization_endpoint: `${hostedOrigin}/oauth2/authorize`,
        token_endpoint: `${hostedOrigin}/oauth2/token`,
        revocation_endpoint: `${hostedOrigin}/oauth2/revoke`,
        jwks_uri: `${issuer}/.well-known/jwks.json`,
        scopes_supported: ["openid", "email", "profile", "api/read"],
        response_types_supported: ["code"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        token_endpoint_auth_methods_supported: ["none"],
        code_challenge_methods_supported: ["S256"],
        protected_resources: [`${appOrigin}/mcp`],
      },
    ]);
  });

  test("speaks of the app's own origin, whatever a request says", async () => {
    const evil = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
      origin: "https://evil.example",
    };
    for (const uri of [atResource, `${atResource}/mcp`, atServer]) {
      const plain = await bench.send({ uri });
      const { body, headers } = await bench.send({ uri, headers: evil });
      expect([body, JSON.stringify(headers).includes("evil")]).toEqual([plain.body, false]);
    }
    const refused = await bench.send({ uri: "/mcp", headers: evil });
    expect(JSON.stringify([refused.headers, refused.body])).not.toContain("evil");
  });

  test("has a head for HEAD, and no other method", async () => {
    const head = await bench.send({ method: "HEAD", uri: atResource });
    expect([head.status, head.body]).toEqual([200, ""]);
    const post = await bench.send({ method: "POST", uri: atServer });
    expect([post.status, post.code, post.headers["allow"]]).toEqual([
      405,
      "method_not_allowed",
      ["GET, HEAD"],
    ]);
  });

  test("may be asked for by scripts of any origin, with headers of their own", async () => {
    const headers = {
      origin: "https://any.example",
      "access-control-request-method": "GET",
      "access-control-request-headers": "mcp-protocol-version",
    };
    const { status, headers: answered } = await bench.send({
      method: "OPTIONS",
      uri: atServer,
      headers,
    });
    expect(status).toBe(204);
    expect(answered).toMatchObject({
      "access-control-allow-origin": ["*"],
      "access-control-allow-methods": ["GET, HEAD"],
      "access-control-allow-headers": ["*"],
    });
    expect(answered["access-control-allow-credentials"]).toBe(undefined);
  });

  test.each([
    ["GET", atResource.toUpperCase(), "path_ambiguous"],
    ["GET", "/.well-known/oauth%2Dprotected-resource", "path_ambiguous"],
    ["GET", "/.well-known//oauth-authorization-server", "path_ambiguous"],
    ["GET", `/x/..${atServer}`, "path_malformed"],
    ["POST", "/Register", "path_ambiguous"],
    ["POST", "/register/", "path_ambiguous"],
    ["POST", "/%72egister", "path_ambiguous"],
  ])("%s %s is nobody's: %s", async (method, uri, code) => {
    expect((await bench.send({ method, uri })).code).toBe(code);
  });

  test("other addresses beside it are the rules'", async () => {
    expect((await bench.send({ uri: `${atResource}/other` })).code).toBe("token_missing");
    expect((await bench.send({ uri: "/.well-known/openid-configuration" })).code).toBe(
      "token_missing",
    );
    expect((await bench.send({ uri: "/register" })).status).toBe(0);
  });

  test("nobody registers a client, and is told so in the words of RFC 7591", async () => {
    const { status, headers, body } = await bench.send({ method: "POST", uri: "/register" });
    expect([status, JSON.parse(body), headers["access-control-allow-origin"]]).toEqual([
      400,
      { error: "invalid_client_metadata", error_description: expect.any(String) },
      ["*"],
    ]);
  });

  test("without a hosted sign-in names none", async () => {
    const { signIn: _signIn, ...off } = guardSettings;
    const without = createBench(off, { access: withResource });
    const { body } = await without.send({ uri: atResource });
    expect(JSON.parse(body)["authorization_servers"]).toBe(undefined);
    expect((await without.send({ uri: atServer })).status).toBe(404);
  });
});

describe("a challenge below the resource leads to the sign-in", () => {
  const challenge = async (uri: string, headers: Readonly<Record<string, string>> = {}) => {
    const outcome = await bench.send({ method: "POST", uri, headers });
    return [outcome.code, outcome.headers["www-authenticate"]];
  };

  test("of nobody", async () => {
    expect(await challenge("/mcp")).toEqual([
      "token_missing",
      [`Bearer ${found}, scope="api/read"`],
    ]);
    expect(await challenge("/mcp/x/y")).toEqual([
      "token_missing",
      [`Bearer ${found}, scope="api/read"`],
    ]);
  });

  test("of a bad token", async () => {
    expect(await challenge("/mcp", { authorization: "Bearer x" })).toEqual([
      "token_malformed",
      [`Bearer error="invalid_token", ${found}, scope="api/read"`],
    ]);
    const expired = bearer(["api/read"], { exp: bench.clock.now() - 1 });
    expect(await challenge("/mcp", expired)).toEqual([
      "token_expired",
      [`Bearer error="invalid_token", ${found}, scope="api/read"`],
    ]);
  });

  test("of a token without the scope, also of an ID token", async () => {
    const insufficient = [`Bearer error="insufficient_scope", ${found}, scope="api/read"`];
    expect(await challenge("/mcp", bearer(["openid"]))).toEqual(["scope_missing", insufficient]);
    const authorization = `Bearer ${bench.cognito.idToken()}`;
    expect(await challenge("/mcp", { authorization })).toEqual(["scope_missing", insufficient]);
    expect(await challenge("/mcp/jobs/1", bearer(["api/read"], {}, ["admin"]))).toEqual([
      "scope_missing",
      [`Bearer error="insufficient_scope", ${found}, scope="api/read api/write"`],
    ]);
  });

  test("of a token that is bound to another resource", async () => {
    for (const aud of ["https://other.example/mcp", `${appOrigin}/mcp/`, `${appOrigin}/`])
      expect(await challenge("/mcp", bearer(["api/read"], { aud }))).toEqual([
        "token_audience",
        [`Bearer error="invalid_token", ${found}, scope="api/read"`],
      ]);
  });

  test("but not of somebody for whom signing in again changes nothing", async () => {
    expect(await challenge("/mcp/admin/x", bearer(["api/read"]))).toEqual([
      "access_denied",
      undefined,
    ]);
  });

  test("and nowhere else", async () => {
    expect(await challenge("/other")).toEqual(["token_missing", ["Bearer"]]);
    expect(await challenge("/mcpx")).toEqual(["token_missing", ["Bearer"]]);
    expect(await challenge("/MCP")).toEqual(["path_ambiguous", undefined]);
    expect(await challenge("/mcp/../x")).toEqual(["path_malformed", undefined]);
  });
});

test("who has the scope is let in, also with a token that is bound to this resource, which opens nothing else", async () => {
  const send = async (uri: string, headers: Readonly<Record<string, string>>) => {
    const { status, code } = await bench.send({ method: "POST", uri, headers });
    return code ?? status;
  };
  expect(await send("/mcp", bearer(["openid", "api/read"]))).toBe(0);
  const bound = bearer(["openid", "api/read"], { aud: `${appOrigin}/mcp` });
  expect([await send("/mcp", bound), await send("/mcp/x", bound)]).toEqual([0, 0]);
  expect([await send("/other", bound), await send("/public/x", bound)]).toEqual([
    "token_audience",
    "token_audience",
  ]);
});

describe("a client that is known by the address of its document", () => {
  const url = "https://client.example/oauth/client.json";
  const patterns = ["https://client.example/oauth/*", "https://one.example/client.json"];
  let open: Bench;
  beforeAll(() => {
    open = createBench({ ...settings, cimdUrlPatterns: patterns }, { access: withResource });
  });

  const aud = `${appOrigin}/mcp`;
  const by = (client_id: unknown, more: object = { aud }) =>
    bearer(["openid", "api/read"], { client_id, ...more });
  const send = async (uri: string, headers: Readonly<Record<string, string>>, at = open) => {
    const { status, code } = await at.send({ method: "POST", uri, headers });
    return code ?? status;
  };

  test("is let in to the resource, and nowhere else", async () => {
    expect([await send("/mcp", by(url)), await send("/mcp/x", by(url))]).toEqual([0, 0]);
    expect(await send("/mcp", by("https://one.example/client.json"))).toBe(0);
    for (const uri of ["/other", "/public/x"]) {
      expect([uri, await send(uri, by(url))]).toEqual([uri, "token_audience"]);
      expect([uri, await send(uri, by(url, {}))]).toEqual([uri, "token_audience"]);
    }
    for (const token of [by(url), by(url, {}), by(webClient)])
      expect((await open.send({ uri: "/.auth/me", headers: token })).code).toBe("token_audience");
    expect((await open.send({ uri: "/.auth/me", headers: by(webClient, {}) })).status).toBe(200);
    expect(await send("/mcp", by(url, {}))).toBe("token_audience");
    expect(await send("/mcp", by(url, { aud: "https://other.example/mcp" }))).toBe(
      "token_audience",
    );
  });

  test("is announced to other clients, where the stage takes any", async () => {
    const announced = async (at: Bench) =>
      JSON.parse((await at.send({ uri: atServer })).body)["client_id_metadata_document_supported"];
    expect([await announced(open), await announced(bench)]).toEqual([true, undefined]);
  });

  test("needs an access token of a person, with the scope", async () => {
    const now = bench.clock.now();
    const idToken = mint({
      key: idKey,
      claims: idClaims({ issuer, clientId: url, now }),
    });
    expect(await send("/mcp", { authorization: `Bearer ${idToken}` })).toBe("token_use");
    expect(await send("/mcp", by(url, { aud, sub: url, username: undefined }))).toBe(
      "token_client",
    );
    expect(await send("/mcp", bearer(["openid"], { client_id: url, aud }))).toBe("scope_missing");
  });

  test.each([
    "https://client.example/client.json",
    "https://client.example/oauth",
    "https://client.example/oauth/",
    "https://client.example/oauth/../client.json",
    "https://client.example/oauth/%2e%2e/client.json",
    "https://client.example/oauth/client.json?x",
    "https://client.example/oauth/client.json#x",
    "https://client.example.evil/oauth/client.json",
    "https://client.example@evil.example/oauth/client.json",
    "https://client.example:443/oauth/client.json",
    "https://one.example/client.json.evil",
    "http://client.example/oauth/client.json",
    "https://client.example/oauth/*",
    "*",
    [url],
  ])("is not %j", async (clientId) => {
    expect(await send("/mcp", by(clientId))).toBe("token_client");
  });

  test("is nobody where the stage takes none, or has no resource", async () => {
    expect(await send("/mcp", by(url), bench)).toBe("token_client");
    const { resource: _resource, ...rules } = withResource;
    const without = createBench({ ...settings, cimdUrlPatterns: patterns }, { access: rules });
    expect(await send("/mcp", by(url), without)).toBe("token_client");
  });

  test("is one of the app client's where Cognito writes that one's id", async () => {
    expect([await send("/mcp", by(webClient)), await send("/other", by(webClient))]).toEqual([
      0,
      "token_audience",
    ]);
  });
});

test("a browser that comes for a page is sent to sign in, and its session needs the scope, too", async () => {
  const own = createBench(settings, { access: withResource });
  const navigation = await own.send({ uri: "/mcp", headers: followed });
  expect([navigation.status, navigation.headers["www-authenticate"]]).toEqual([302, undefined]);
  await own.signIn();
  expect((await own.browse("/mcp", { headers: fetched })).status).toBe(0);
  const narrow = createBench(guardSettings, { access: withResource });
  await narrow.signIn();
  const { code, headers } = await narrow.browse("/mcp", { headers: fetched });
  expect([code, headers["www-authenticate"]?.[0]?.includes(found)]).toEqual([
    "scope_missing",
    true,
  ]);
});

test("without a resource nothing of it is loaded, and every answer is what it was", async () => {
  const rules = access.rules;
  const strict: AccessRules = { scopes: access.scopes, rules };
  const plain = createBench(guardSettings, {
    access: strict,
    files: {
      protectedResource() {
        throw new TypeError("is not needed");
      },
    },
  });
  const read = bearer(["openid"], { aud: "https://other.example/mcp" });
  const headersOf = [{}, read, { authorization: "Bearer x" }];
  const paths = [atResource, `${atResource}/mcp`, atServer, "/register", "/mcp", "/reports/1"];
  for (const uri of paths)
    for (const method of ["GET", "POST", "OPTIONS"])
      for (const headers of headersOf) {
        const outcome = await plain.send({ method, uri, headers });
        const same = await plain.send({
          method,
          uri: uri === "/reports/1" ? uri : "/any",
          headers,
        });
        const seen = ({ status, forwarded, ...answer }: Outcome) =>
          forwarded === undefined ? { status, ...answer } : { status };
        expect(seen(outcome)).toEqual(seen(same));
      }
  const { headers } = await plain.send({
    uri: "/reports/1",
    headers: bearer(["openid"], {}, ["admin"]),
  });
  expect(headers["www-authenticate"]).toEqual(['Bearer error="insufficient_scope"']);
  expect("resource" in defineAccess({ rules: { "/*": "signed-in" } })).toBe(false);
});
