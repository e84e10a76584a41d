import {
  accessClaims,
  fixedClock,
  idClaims,
  machineClaims,
  makeKeyPair,
  mint,
} from "@sst-gatehouse/testkit/tokens";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { fromCallerHeader } from "@sst-gatehouse/core/caller";
import type {
  CloudFrontRequest,
  CloudFrontRequestResult,
  CloudFrontResultResponse,
} from "aws-lambda";
import { describe, expect, test } from "vitest";

import { composeGuard, type GuardParts } from "./compose.ts";
import * as responses from "./responses.ts";
import { createClientIds } from "./trust/client-ids.ts";
import { access } from "../test/access.ts";
import { sealing } from "../test/test-browser.ts";
import {
  accessKey,
  host,
  idKey,
  issuer,
  machineClient,
  originRequestEvent,
  guardSettings,
  webClient,
  type EventParts,
} from "../test/events.ts";

const credentials = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "secret",
  sessionToken: "session-token",
};

const { clients: _clients, ...unbaked } = guardSettings;

/** An API client's request with everything baked loads none of the lazy files, unless the guard answers itself. */
const notNeeded = (): never => {
  throw new TypeError("no lazy file must be loaded");
};

function setUp(
  settingsFile: typeof guardSettings = guardSettings,
  {
    files,
    ...otherParts
  }: { files?: Partial<GuardParts["files"]> } & Partial<Omit<GuardParts, "files">> = {},
) {
  const clock = fixedClock();
  const lines: unknown[] = [];
  let fetches = 0;
  const handler = composeGuard({
    settings: settingsFile,
    access,
    sealing,
    now: clock.now,
    elapsed: () => 0,
    log(entry) {
      lines.push(entry);
    },
    credentials: () => credentials,
    files: {
      network() {
        fetches += 1;
        return notNeeded();
      },
      parameterStore: notNeeded,
      stageRevocations: notNeeded,
      browserHalf: notNeeded,
      protectedResource: notNeeded,
      responses: () => responses,
      ...files,
    },
    ...otherParts,
  });
  const now = clock.now();
  return {
    clock,
    lines,
    fetches: () => fetches,
    id: (claims: Partial<Parameters<typeof idClaims>[0]> = {}) =>
      mint({
        key: idKey,
        claims: idClaims({
          issuer,
          clientId: webClient,
          now,
          username: "alice",
          sub: "sub-of-alice",
          ...claims,
        }),
      }),
    access: (claims: Partial<Parameters<typeof accessClaims>[0]> = {}) =>
      mint({
        key: accessKey,
        claims: accessClaims({ issuer, clientId: webClient, now, username: "alice", ...claims }),
      }),
    machine: (scopes: readonly string[]) =>
      mint({
        key: accessKey,
        claims: machineClaims({ issuer, clientId: machineClient, now, scopes }),
      }),
    handle: handler,
    async forward(parts: EventParts): Promise<CloudFrontRequest> {
      const result = await handler(originRequestEvent(parts));
      if (!isForwarded(result)) throw new Error(`refused: ${JSON.stringify(result)}`);
      return result;
    },
    async refuse(
      parts: EventParts,
    ): Promise<CloudFrontResultResponse & { problem: Record<string, unknown> }> {
      const result = await handler(originRequestEvent(parts));
      if (result === null || result === undefined || !("status" in result))
        throw new Error("forwarded");
      return { ...result, problem: JSON.parse(result.body ?? "{}") };
    },
  };
}

function isForwarded(result: CloudFrontRequestResult): result is CloudFrontRequest {
  return result !== null && result !== undefined && "uri" in result;
}

const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

describe("a second Function URL behind the same guard", () => {
  const second = "second.lambda-url.us-west-2.on.aws";

  test("is signed for under its own host, for its own region", async () => {
    const stack = setUp({ ...guardSettings, otherFunctionUrlHosts: [second] });
    const { headers } = await stack.forward({ originHost: second, headers: bearer(stack.id()) });
    expect(headers["host"]).toEqual([{ key: "host", value: second }]);
    expect(headers["authorization"]?.[0]?.value).toContain("/us-west-2/lambda/aws4_request,");
    const first = await stack.forward({ headers: bearer(stack.id()) });
    expect(first.headers["host"]).toEqual([{ key: "host", value: host }]);
  });

  test.each(["third.lambda-url.us-west-2.on.aws", `x${second}`, ""])(
    "is not signed for when it is another one: %s",
    async (originHost) => {
      const stack = setUp({ ...guardSettings, otherFunctionUrlHosts: [second] });
      const { problem } = await stack.refuse({ originHost, headers: bearer(stack.id()) });
      expect(problem["code"]).toBe("origin_unknown");
    },
  );
});

describe("a request that is let in", () => {
  test("goes on signed, with its caller, and otherwise as CloudFront gave it", async () => {
    const stack = setUp();
    const event = originRequestEvent({
      uri: "/echo/a%2Fb",
      querystring: "b=2&a=+1",
      headers: { ...bearer(stack.id()), Accept: "text/html" },
    });
    const before = event.Records[0]!.cf.request;
    const result = await stack.handle(event);
    if (!isForwarded(result)) throw new Error(JSON.stringify(result));

    expect(result.uri).toBe("/echo/a%2Fb");
    expect(result.querystring).toBe("b=2&a=%201");
    const ours = [
      "authorization",
      "traceparent",
      "x-amz-content-sha256",
      "x-amz-date",
      "x-amz-security-token",
      "x-forwarded-host",
      "x-gatehouse-caller",
      "x-gatehouse-origin",
    ];
    const { headers, querystring: _query, ...rest } = result;
    const { headers: headersBefore, querystring: _before, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    const untouched = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !ours.includes(name)),
    );
    const { authorization: _viewers, ...viewerHeaders } = headersBefore;
    expect(untouched).toEqual(viewerHeaders);
    expect(headers["authorization"]?.[0]?.value).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/20270115\/eu-central-1\/lambda\/aws4_request, SignedHeaders=host;traceparent;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-forwarded-host;x-gatehouse-caller;x-gatehouse-origin, Signature=[0-9a-f]{64}$/,
    );
    expect(fromCallerHeader([headers["x-gatehouse-caller"]![0]!.value])).toEqual({
      caller: { kind: "user", sub: "sub-of-alice", username: "alice", groups: [], scopes: [] },
      viewerAddress: "203.0.113.178",
    });
    expect(stack.fetches()).toBe(0);
  });

  test("carries an explicit anonymous caller where nobody has to sign in", async () => {
    const { headers } = await setUp().forward({ uri: "/public/health" });
    expect(fromCallerHeader([headers["x-gatehouse-caller"]![0]!.value]).caller).toEqual({
      kind: "anonymous",
    });
  });

  test("loses every header that a viewer may not send, in every spelling", async () => {
    const sent = {
      "X-Gatehouse-Caller": "eyJraW5kIjoidXNlciJ9",
      "x-gatehouse-token": "t",
      x_gatehouse_caller: "c",
      "X-Amz-Security-Token": "t",
      "x-amz-anything": "1",
      x_amz_date: "d",
      "x-amzn-oidc-data": "d",
      "X-Original-URL": "/admin",
      "x-rewrite-url": "/admin",
      "x-http-method": "DELETE",
      "X-HTTP-Method-Override": "DELETE",
      "x-method-override": "DELETE",
      "X-Forwarded-Proto": "http",
      "X-Forwarded-Port": "8080",
      "X-Forwarded-Prefix": "/admin",
      Forwarded: "host=evil.example;proto=http",
      "X-Middleware-Subrequest": "middleware",
      Remote_User: "alice",
      "x-amzn-trace-id": "Root=1",
      "x-custom": ["one", "two"],
    };
    const { headers } = await setUp().forward({ uri: "/public/health", headers: sent });
    expect(Object.keys(headers).toSorted()).toEqual([
      "authorization",
      "host",
      "traceparent",
      "via",
      "x-amz-content-sha256",
      "x-amz-date",
      "x-amz-security-token",
      "x-amzn-trace-id",
      "x-custom",
      "x-forwarded-for",
      "x-forwarded-host",
      "x-gatehouse-caller",
      "x-gatehouse-origin",
    ]);
    expect(headers["x-custom"]).toEqual([
      { key: "x-custom", value: "one" },
      { key: "x-custom", value: "two" },
    ]);
    expect(headers["x-amz-security-token"]).toEqual([
      { key: "x-amz-security-token", value: "session-token" },
    ]);
  });

  const laptop = ["http://app.localhost:3000", "http://127.0.0.1:3000"] as const;
  const origins: [
    which: string,
    baked: readonly string[] | undefined,
    origin: string,
    asked?: string,
  ][] = [
    ["the stage's own domain", ["https://app.example.com"], "https://app.example.com"],
    ["the laptop's", laptop, laptop[0], "app.localhost:3000"],
    ["the laptop's, by its number", laptop, laptop[1], "127.0.0.1:3000"],
    ["the first of a laptop's, when another was asked", laptop, laptop[0], "127.0.0.1:3001"],
    ["never http, unless it was baked", ["https://a.example"], "https://a.example", "a.example"],
    ["CloudFront's, where none was baked", undefined, "https://d111111abcdef8.cloudfront.net"],
  ];
  test.each(origins)("tells the backend the app's origin, signed: %s", async (...row) => {
    const [, appOrigins, origin, asked] = row;
    const stack = setUp({ ...guardSettings, ...(appOrigins && { appOrigins }) });
    const sent = {
      Host: "evil.example",
      "X-Forwarded-Host": ["evil.example", "worse.example"],
      x_forwarded_host: "evil.example",
      "X-Gatehouse-Origin": "https://evil.example",
    };
    const distributionDomainName = asked ?? "d111111abcdef8.cloudfront.net";
    const { headers } = await stack.forward({
      uri: "/public/health",
      headers: sent,
      distributionDomainName,
    });
    const of = (name: string) => headers[name]?.map(({ value }) => value);
    expect(of("x-gatehouse-origin")).toEqual([origin]);
    expect(of("x-forwarded-host")).toEqual([new URL(origin).host]);
    expect(of("authorization")?.[0]).toContain(
      "SignedHeaders=host;traceparent;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-forwarded-host;x-gatehouse-caller;x-gatehouse-origin,",
    );
    expect(JSON.stringify(headers)).not.toMatch(/evil|worse/);
  });

  test("brings the bearer token along only when the stage says so", async () => {
    const off = setUp();
    const on = setUp({ ...guardSettings, forwardToken: true });
    const token = on.id();
    expect((await off.forward({ headers: bearer(off.id()) })).headers["x-gatehouse-token"]).toBe(
      undefined,
    );
    const { headers } = await on.forward({ headers: bearer(token) });
    expect(headers["x-gatehouse-token"]?.[0]?.value).toBe(token);
    expect(headers["authorization"]?.[0]?.value).toContain(
      "x-gatehouse-caller;x-gatehouse-origin;x-gatehouse-token,",
    );
  });

  test("has the hash of the received bytes, whatever hash the client sent along", async () => {
    const stack = setUp();
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const { headers, body: returned } = await stack.forward({
      method: "POST",
      body,
      headers: {
        ...bearer(stack.id()),
        "content-length": "256",
        "x-amz-content-sha256": "0".repeat(64),
      },
    });
    expect(headers["x-amz-content-sha256"]?.[0]?.value).toBe(
      "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880",
    );
    expect(returned?.data).toBe(Buffer.from(body).toString("base64"));
  });

  test("has the client's hash where CloudFront hides the bytes", async () => {
    const stack = setUp();
    const hash = "a".repeat(64);
    for (const hidden of [
      {
        method: "POST",
        inputTruncated: true,
        body: new Uint8Array(10),
        headers: { "content-length": "2000000" },
      },
      { method: "DELETE", headers: { "content-length": "5" } },
      { method: "DELETE", headers: { "transfer-encoding": "chunked" } },
    ]) {
      const { headers } = await stack.forward({
        ...hidden,
        headers: { ...hidden.headers, ...bearer(stack.id()), "x-amz-content-sha256": hash },
      });
      expect(headers["x-amz-content-sha256"]?.[0]?.value).toBe(hash);
    }
  });
});

describe("a refusal", () => {
  const stranger = makeKeyPair();
  type Stack = ReturnType<typeof setUp>;
  test.each([
    ["/public/report[1].pdf", "/public/report%5B1%5D.pdf"],
    ["/public/A|B^{c}", "/public/A%7CB%5E%7Bc%7D"],
    ["/public/café", "/public/caf%C3%A9"],
  ])("sends %s on percent-encoded, under the rule for what goes on", async (uri, sent) => {
    const stack = setUp();
    const { uri: forwarded } = await stack.forward({ uri });
    expect(forwarded).toBe(sent);
    expect(stack.lines).toMatchObject([{ outcome: "forwarded", rule: "/public/*" }]);
  });

  const refusals: [
    why: string,
    parts: (stack: Stack) => EventParts,
    status: string,
    code: string,
  ][] = [
    ["no token", () => ({}), "401", "token_missing"],
    [
      "another scheme",
      () => ({ headers: { authorization: "Basic YTpi" } }),
      "401",
      "token_missing",
    ],
    [
      "a scheme without token",
      () => ({ headers: { authorization: "Bearer" } }),
      "401",
      "token_malformed",
    ],
    [
      "two Authorization headers",
      ({ id }) => ({ headers: { authorization: [`Bearer ${id()}`, `Bearer ${id()}`] } }),
      "401",
      "token_malformed",
    ],
    [
      "two tokens in one header",
      ({ id }) => ({ headers: { authorization: `Bearer ${id()} ${id()}` } }),
      "401",
      "token_malformed",
    ],
    [
      "garbage, even where nobody has to sign in",
      () => ({ uri: "/public/health", headers: bearer("a.b.c") }),
      "401",
      "token_malformed",
    ],
    ["a 13 KB token", () => ({ headers: bearer("a".repeat(13_000)) }), "401", "token_too_large"],
    [
      "a stranger's signature",
      () => ({
        headers: bearer(
          mint({
            key: stranger,
            kid: idKey.kid,
            claims: idClaims({ issuer, clientId: webClient, now: 1_800_000_000 }),
          }),
        ),
      }),
      "401",
      "token_signature",
    ],
    [
      "another pool",
      ({ id }) => ({ headers: bearer(id({ issuer: `${issuer}x` })) }),
      "401",
      "token_issuer",
    ],
    [
      "another client",
      ({ id }) => ({ headers: bearer(id({ clientId: "3unknown" })) }),
      "401",
      "token_client",
    ],
    [
      "an ID token of the machines' client",
      ({ id }) => ({ headers: bearer(id({ clientId: machineClient })) }),
      "401",
      "token_use",
    ],
    [
      "an expired token",
      ({ id }) => ({ headers: bearer(id({ lifetimeSeconds: -1 })) }),
      "401",
      "token_expired",
    ],
    [
      "a person without the group",
      ({ id }) => ({ uri: "/admin/x", headers: bearer(id({ groups: ["staff"] })) }),
      "403",
      "access_denied",
    ],
    [
      "a machine without the scope",
      ({ machine }) => ({ uri: "/reports/daily", headers: bearer(machine(["api/other"])) }),
      "403",
      "access_denied",
    ],
    [
      "an ambiguous path",
      ({ id }) => ({ uri: "/%61dmin/x", headers: bearer(id()) }),
      "400",
      "path_ambiguous",
    ],
    [
      "a dot segment",
      ({ id }) => ({ uri: "/public/%2e%2e/admin", headers: bearer(id()) }),
      "400",
      "path_malformed",
    ],
    [
      "a query without a name",
      ({ id }) => ({ querystring: "=1", headers: bearer(id()) }),
      "400",
      "query_malformed",
    ],
    [
      "an AWS name in the query",
      ({ id }) => ({ querystring: "X-Amz-Signature=1", headers: bearer(id()) }),
      "400",
      "query_malformed",
    ],
    [
      "another method",
      ({ id }) => ({ method: "PROPFIND", headers: bearer(id()) }),
      "405",
      "method_not_allowed",
    ],
    [
      "another origin",
      ({ id }) => ({ originHost: "evil.example", headers: bearer(id()) }),
      "421",
      "origin_unknown",
    ],
    [
      "a truncated body without its hash",
      ({ id }) => ({
        method: "POST",
        inputTruncated: true,
        headers: { ...bearer(id()), "content-length": "2000000" },
      }),
      "413",
      "body_hash_required",
    ],
    [
      "an origin with a path",
      ({ id }) => ({ originPath: "/v1", headers: bearer(id()) }),
      "421",
      "origin_unknown",
    ],
    [
      "a query that is too long once it is encoded",
      ({ id }) => ({ querystring: "a&".repeat(3000), headers: bearer(id()) }),
      "400",
      "query_malformed",
    ],
    [
      "a hidden DELETE body without its hash",
      ({ id }) => ({ method: "DELETE", headers: { ...bearer(id()), "content-length": "5" } }),
      "413",
      "body_hash_required",
    ],
    [
      "a hash in upper case",
      ({ id }) => ({
        method: "DELETE",
        headers: { ...bearer(id()), "content-length": "5", "x-amz-content-sha256": "A".repeat(64) },
      }),
      "413",
      "body_hash_required",
    ],
    [
      "a hash sent twice",
      ({ id }) => ({
        method: "DELETE",
        headers: {
          ...bearer(id()),
          "content-length": "5",
          "x-amz-content-sha256": ["a".repeat(64), "a".repeat(64)],
        },
      }),
      "413",
      "body_hash_required",
    ],
    [
      "UNSIGNED-PAYLOAD",
      ({ id }) => ({
        method: "DELETE",
        headers: {
          ...bearer(id()),
          "content-length": "5",
          "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        },
      }),
      "413",
      "body_hash_required",
    ],
    [
      "a body over Lambda's limit",
      ({ id }) => ({
        method: "POST",
        inputTruncated: true,
        headers: {
          ...bearer(id()),
          "content-length": "7000000",
          "x-amz-content-sha256": "a".repeat(64),
        },
      }),
      "413",
      "body_too_large",
    ],
  ];
  test.each(refusals)("for %s", async (_why, parts, status, code) => {
    const stack = setUp();
    const answer = await stack.refuse(parts(stack));
    expect({ status: answer.status, code: answer.problem["code"] }).toEqual({ status, code });
    expect(answer.problem["requestId"]).toBe("request-1");
    expect(answer.problem["signInUrl"]).toBe(status === "401" ? "/.auth/login" : undefined);
    expect(answer.headers?.["content-type"]?.[0]?.value).toBe("application/problem+json");
    expect(answer.headers?.["cache-control"]?.[0]?.value).toBe("no-store");
    expect(stack.fetches()).toBe(0);
    expect(stack.lines).toHaveLength(1);
    expect(stack.lines[0]).toMatchObject({ outcome: "refused", code });
  });

  test("names the group or the scope that is missing, and says where signing in again does not help", async () => {
    const stack = setUp();
    const detailOf = async (uri: string, token: string) =>
      (await stack.refuse({ uri, headers: bearer(token) })).problem["detail"];
    const scope = "an access token with one of the scopes api/read";
    const { id, machine } = stack;
    expect(await detailOf("/reports/daily", machine(["api/other"]))).toBe(`This needs ${scope}.`);
    expect(await detailOf("/reports/daily", id({ groups: ["admin"] }))).toBe(
      `This needs ${scope}.`,
    );
    expect(await detailOf("/reports/daily", id())).toBe(
      `This needs one of the groups admin and ${scope}. Signing in again does not change that.`,
    );
    expect(await detailOf("/jobs/x", id({ groups: ["admin"] }))).toBe(
      "You may not call this. Signing in again does not change that.",
    );
  });

  test("carries the challenge of RFC 6750", async () => {
    const stack = setUp();
    const challenge = async (parts: EventParts): Promise<string | undefined> =>
      (await stack.refuse(parts)).headers?.["www-authenticate"]?.[0]?.value;
    expect(await challenge({})).toBe("Bearer");
    expect(await challenge({ headers: bearer("a.b.c") })).toBe('Bearer error="invalid_token"');
    expect(await challenge({ uri: "/admin/x", headers: bearer(stack.id()) })).toBe(
      'Bearer error="insufficient_scope"',
    );
  });

  test("comes as 503 while the settings cannot be read, and nothing is forwarded", async () => {
    const loadParameters = async (): Promise<never> => {
      throw new Error("away");
    };
    const { handle, id } = setUp(unbaked, {
      files: { parameterStore: () => ({ createClientIds, loadParameters }) },
    });
    const result = await handle(originRequestEvent({ headers: bearer(id()) }));
    expect(result).toMatchObject({ status: "503", headers: { "retry-after": [{ value: "5" }] } });
  });

  test("comes as 500 for a fault of our own, without its text", async () => {
    const { handle, lines } = setUp(guardSettings, {
      credentials() {
        throw new RangeError("secret detail");
      },
    });
    const result = await handle(originRequestEvent({ uri: "/public/health" }));
    expect(JSON.stringify(result)).not.toContain("secret detail");
    expect(result).toMatchObject({ status: "500" });
    expect(lines).toMatchObject([
      {
        requestId: "request-1",
        method: "GET",
        outcome: "refused",
        status: 500,
        code: "settings_invalid",
        detail: "The guard failed. Nothing was forwarded.",
        cause: "RangeError",
      },
    ]);
  });
});

describe("cross-origin callers", () => {
  const preflight = (origin: string): EventParts => ({
    method: "OPTIONS",
    uri: "/admin/x",
    headers: { origin, "access-control-request-method": "POST" },
  });

  test("get a preflight answer for a listed origin, the same for every path, without credentials", async () => {
    const stack = setUp();
    const answer = await stack.refuse(preflight("https://spa.example.com"));
    expect(answer.status).toBe("204");
    expect(
      Object.fromEntries(
        Object.entries(answer.headers ?? {}).map(([name, [line]]) => [name, line?.value]),
      ),
    ).toEqual({
      "access-control-allow-headers":
        "authorization, content-type, if-match, if-none-match, last-event-id, range, x-amz-content-sha256",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "access-control-allow-origin": "https://spa.example.com",
      "access-control-expose-headers":
        "content-disposition, content-range, etag, www-authenticate, x-amzn-requestid, x-gatehouse-content-length",
      "access-control-max-age": "600",
      "cache-control": "no-store",
      vary: "Origin, Access-Control-Request-Headers",
      "x-content-type-options": "nosniff",
    });
    expect(
      (await stack.refuse({ ...preflight("https://spa.example.com"), uri: "/nowhere" })).headers,
    ).toEqual(answer.headers);
  });

  const foreign = [
    "null",
    "*",
    "https://spa.example.com.evil.example",
    "https://evil-spa.example.com",
    "http://spa.example.com",
    "https://spa.example.com:8443",
    "https://SPA.example.com",
    "https://spa.example.com/",
  ];
  test.each(foreign)("from %s get nothing", async (origin) => {
    const stack = setUp();
    for (const parts of [preflight(origin), { headers: { origin } }]) {
      const { headers } = await stack.refuse(parts);
      expect(
        Object.keys(headers ?? {}).filter((name) => name.startsWith("access-control")),
      ).toEqual([]);
      expect(headers?.["vary"]?.[0]?.value).toBe("Origin");
    }
  });

  test("that name two origins get nothing", async () => {
    const { headers } = await setUp().refuse({
      headers: { origin: ["https://spa.example.com", "https://evil.example"] },
    });
    expect(headers?.["access-control-allow-origin"]).toBe(undefined);
  });

  test("can read why they were refused", async () => {
    const { headers } = await setUp().refuse({ headers: { origin: "https://spa.example.com" } });
    expect(headers?.["access-control-allow-origin"]?.[0]?.value).toBe("https://spa.example.com");
    expect(headers?.["access-control-allow-credentials"]).toBe(undefined);
  });
});

describe("what a request starts and does not wait for", () => {
  test.each([
    ["a request that is let in", { uri: "/public/health" }],
    ["a refused one", { uri: "/" }],
  ])("%s refreshes old settings and old keys", async (_why, parts) => {
    const started: string[] = [];
    const parameters = {
      [parameterNames.client("web")]: webClient,
      [parameterNames.client("machine")]: machineClient,
    };
    const stack = setUp(unbaked, {
      files: {
        parameterStore: () => ({
          createClientIds,
          async loadParameters() {
            started.push("settings");
            return parameters;
          },
        }),
        network: () => ({
          async fetchJson(url) {
            started.push(url);
            return guardSettings.jwks;
          },
        }),
      },
    });
    await stack.handle(originRequestEvent(parts));
    expect(started).toEqual(["settings"]);
    stack.clock.advance(25 * 3600);
    const answer = stack.handle(originRequestEvent(parts));
    await answer;
    expect(started).toEqual(["settings"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual(["settings", "settings", `${issuer}/.well-known/jwks.json`]);
  });
});

describe("the log", () => {
  test("never holds a token, a query, a path, a header value or an address", async () => {
    const stack = setUp();
    const token = stack.id({ groups: ["admin"] });
    await stack.forward({
      uri: "/admin/marker-path",
      querystring: "q=marker-query",
      headers: { ...bearer(token), "x-custom": "marker-header" },
    });
    await stack.refuse({
      uri: "/marker-path",
      querystring: "q=marker-query",
      headers: bearer(`${token}x`),
    });
    const text = JSON.stringify(stack.lines);
    for (const secret of [token, token.slice(0, 40), "marker", "203.0.113.178", "session-token"])
      expect(text).not.toContain(secret);
    expect(stack.lines[0]).toMatchObject({
      requestId: "request-1",
      method: "GET",
      outcome: "forwarded",
      rule: "/admin/*",
      caller: "user",
    });
  });

  test.each([
    ["/x", "access_denied", { rule: "/admin/*", reading: "as_sent" }, "/admin/x"],
    ["", "token_missing", { rule: "/*", reading: "as_sent" }, "/x"],
    [
      "",
      "path_ambiguous",
      { rule: "/*", reading: "lower_case", otherRule: "/admin/*" },
      "/ADMIN/x",
    ],
    [
      "",
      "path_ambiguous",
      { rule: "/*", reading: "rewritten", otherRule: "/admin/*" },
      "/%61dmin/x",
    ],
    [
      "",
      "path_ambiguous",
      { rule: "/*", reading: "rewritten", otherRule: "/.auth/*" },
      "/%2eauth/login",
    ],
    ["", "path_ambiguous", {}, "/a;x/%2F%5C%09%41//b%3Fq;z%20/"],
    ["", "path_malformed", {}, "/admin/%zz"],
    ["", "token_malformed", {}, "/admin/x", "Bearer x"],
  ])("says what decided: %s", async (_who, code, decided, uri, authorization = "") => {
    const stack = setUp();
    const headers =
      code === "access_denied" ? bearer(stack.id()) : authorization ? { authorization } : {};
    await stack.refuse({ uri, headers });
    const { rule, reading, otherRule } = Object(stack.lines[0]);
    expect(Object(stack.lines[0]).code).toBe(code);
    expect({ rule, reading, otherRule }).toEqual({
      rule: undefined,
      reading: undefined,
      otherRule: undefined,
      ...decided,
    });
  });
});

describe("a trace", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const viewers = `00-${traceId}-00f067aa0ba902b7-01`;
  const sent = { traceparent: viewers, tracestate: "vendor=1" };

  test("is continued by a span of the guard's own, which the log names", async () => {
    const stack = setUp();
    const { headers } = await stack.forward({ uri: "/public/x", headers: sent });
    const value = headers["traceparent"]?.[0]?.value ?? "";
    const { span } = Object(stack.lines[0]);
    expect(value).toBe(`00-${traceId}-${span}-01`);
    expect(value).not.toBe(viewers);
    expect(stack.lines[0]).toMatchObject({ trace: traceId });
    expect(headers["tracestate"]).toEqual([{ key: "tracestate", value: "vendor=1" }]);
  });

  test.each([
    ["nothing", {}],
    ["a malformed header", { ...sent, traceparent: `${viewers}-x` }],
    ["two headers", { ...sent, traceparent: [viewers, viewers] }],
  ])("begins anew after %s, without what vendors said", async (_what, given) => {
    const { headers } = await setUp().forward({ uri: "/public/x", headers: given });
    const [version, trace, span, flags] = headers["traceparent"]?.[0]?.value.split("-") ?? [];
    expect([version, trace?.length, span?.length, flags]).toEqual(["00", 32, 16, "03"]);
    expect(trace).not.toBe(traceId);
    expect(headers["traceparent"]).toHaveLength(1);
    expect(headers["tracestate"]).toBe(undefined);
  });

  test("keeps only the flags that have a meaning", async () => {
    const traceparent = `00-${traceId}-00f067aa0ba902b7-fe`;
    const { headers } = await setUp().forward({ uri: "/public/x", headers: { traceparent } });
    expect(headers["traceparent"]?.[0]?.value.slice(-3)).toBe("-02");
  });

  test("is told of a refusal too", async () => {
    const stack = setUp();
    await stack.refuse({ uri: "/x", headers: sent });
    expect(stack.lines[0]).toMatchObject({ outcome: "refused", trace: traceId });
  });
});

describe("events that CloudFront would never send", () => {
  const parse = (event: unknown): Parameters<ReturnType<typeof setUp>["handle"]>[0] =>
    JSON.parse(JSON.stringify(event ?? null));
  const odd: [why: string, event: unknown][] = [
    ["nothing", undefined],
    ["an empty object", {}],
    ["no records", { Records: [] }],
    ["no request", { Records: [{ cf: { config: {} } }] }],
    [
      "headers that are text",
      { Records: [{ cf: { config: { requestId: "r" }, request: { headers: "x" } } }] },
    ],
    [
      "a header that is not a list",
      {
        Records: [
          {
            cf: {
              config: { requestId: "r" },
              request: {
                clientIp: "",
                method: "GET",
                uri: "/",
                querystring: "",
                headers: { a: "b" },
              },
            },
          },
        ],
      },
    ],
  ];
  test.each(odd)("%s: is answered, not thrown", async (_why, event) => {
    const { handle } = setUp();
    expect(await handle(parse(event))).toMatchObject({ status: "400" });
  });
});

test("signing host and signed host are the baked one", async () => {
  const { headers } = await setUp().forward({
    uri: "/public/health",
    headers: { host: "d111111abcdef8.cloudfront.net" },
  });
  expect(headers["host"]?.[0]?.value).toBe(host);
});
