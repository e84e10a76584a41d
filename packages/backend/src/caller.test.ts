import { defineAccess } from "@sst-gatehouse/core/access";
import {
  callerHeader,
  toCallerHeader,
  type Caller,
  uncheckedCallerHeader,
} from "@sst-gatehouse/core/caller";
import { GuardError } from "@sst-gatehouse/core/errors";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";

import {
  adminUser,
  edgeArn,
  functionUrlEvent,
  plainUser,
  send,
  type EventOptions,
} from "../test/events.ts";
import { protectedApp, sampleAccess } from "../test/protected-app.ts";
import { createSampleApp } from "../test/sample-app.ts";
import type { AppEnv } from "./app-env.ts";

const serviceArn = "arn:aws:sts::111122223333:assumed-role/nightly/job";
const otherServiceArn = "arn:aws:iam::111122223333:user/eve";

const access = defineAccess({
  scopes: ["api/read"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
    "/reports/*": { services: ["arn:aws:iam::111122223333:role/nightly"] },
  },
});

const createTestApp = (routes = createSampleApp()) => protectedApp(routes, access);

const machine: Extract<Caller, { kind: "client" }> = {
  kind: "client",
  clientId: "7abcdefghijklmnopqrstuvwxy",
  scopes: ["api/read"],
  issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123",
};

test.each([plainUser, adminUser, machine])(
  "tells a route who the edge vouches for: $kind",
  async (caller) => {
    const { app } = createTestApp();
    const response = await send(app, { path: "/me", caller });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(caller);
  },
);

test("tells a route the viewer's address as the edge saw it", async () => {
  const routes = createSampleApp();
  routes.get("/address", (c) => c.text(c.get("viewerAddress") ?? "none"));
  const { app } = createTestApp(routes);
  const viaEdge = await send(app, { path: "/address", caller: plainUser });
  expect(await viaEdge.text()).toBe("203.0.113.7");
  const direct = await send(app, { path: "/address", userArn: serviceArn });
  expect(await direct.text()).toBe("none");
});

const nobody: [why: string, event: ReturnType<typeof functionUrlEvent>][] = [
  ["no authorizer", functionUrlEvent({ path: "/public/health", userArn: null })],
  ["an authorizer without an ARN", functionUrlEvent({ path: "/public/health", userArn: "" })],
];

test.each(nobody)(
  "answers 500 when the event has %s, and never takes it for anonymous",
  async (_why, event) => {
    const { app, lines } = createTestApp();
    const response = await app.request("https://api.example/public/health", undefined, { event });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      code: "settings_invalid",
      requestId: "5f8e7d6c-0000-4000-8000-123456789abc",
    });
    expect(lines).toMatchObject([
      {
        level: "error",
        status: 500,
        detail: "The request was not signed: the Function URL must have the auth type AWS_IAM.",
      },
    ]);
  },
);

const good = toCallerHeader(adminUser, { version: 2 });
const base64url = (text: string) => Buffer.from(text).toString("base64url");

const badHeaders: [why: string, value: string][] = [
  ["an empty value", ""],
  ["two values", `${good},${good}`],
  ["two values and a space", `${good}, ${good}`],
  ["a value and an empty one", `${good},`],
  ["padding", `${good}==`],
  ["a space before", ` ${good}`],
  ["plain JSON", JSON.stringify(adminUser)],
  ["base64 of no JSON", base64url("admin")],
  ["an unknown kind", base64url('{"kind":"root"}')],
  [
    "a service, which only a signature can prove",
    base64url(`{"kind":"service","arn":"${serviceArn}"}`),
  ],
  ["a user without groups", base64url('{"kind":"user","sub":"s","username":"u","scopes":[]}')],
  ["a member too many", base64url('{"kind":"anonymous","admin":true}')],
  ["JSON null", base64url("null")],
];

test.each(badHeaders)(
  "answers 500 without details when the edge's header is %s",
  async (_why, value) => {
    const { app, lines } = createTestApp();
    const response = await send(app, {
      path: "/public/health",
      caller: null,
      headers: { [callerHeader]: value },
    });
    expect(response.status).toBe(500);
    const answer = await response.json();
    expect(answer).toMatchObject({ code: "settings_invalid" });
    expect(answer).not.toHaveProperty("detail");
    expect(lines).toMatchObject([
      { detail: "The guard sent no x-gatehouse-caller header that this backend can read." },
    ]);
    expect(JSON.stringify(lines)).not.toContain(value === "" ? "base64" : value);
  },
);

test("answers 500 when the edge sends no header: anonymous is said, not left out", async () => {
  const { app } = createTestApp();
  expect((await send(app, { path: "/public/health", caller: null })).status).toBe(500);
  expect((await send(app, { path: "/public/health", caller: { kind: "anonymous" } })).status).toBe(
    200,
  );
});

test("answers 500 when the header comes twice in different letters", async () => {
  const { app } = createTestApp();
  const response = await send(app, {
    path: "/me",
    caller: plainUser,
    headers: { "X-Gatehouse-Caller": good },
  });
  expect(response.status).toBe(500);
});

const services: [path: string, arn: string, status: number][] = [
  ["/public/health", serviceArn, 200],
  ["/me", serviceArn, 200],
  ["/reports/daily", serviceArn, 200],
  ["/admin/x", serviceArn, 403],
  ["/public/health", otherServiceArn, 200],
  ["/me", otherServiceArn, 200],
  ["/reports/daily", otherServiceArn, 403],
  ["/admin/x", otherServiceArn, 403],
];

test.each(services)(
  "at %s the IAM principal %s gets %i, whatever headers it sends",
  async (path, arn, status) => {
    const { app } = createTestApp();
    for (const caller of [null, adminUser]) {
      expect((await send(app, { path, userArn: arn, caller })).status).toBe(status);
    }
  },
);

/** By each kind of rule: anyone, signed-in, groups, scopes (`api/read`), and both. */
const kinds = ["/public/x", "/x", "/admin/x", "/jobs/x", "/reports/x"];
const carrying = (who: typeof plainUser, ...scopes: string[]) => ({ ...who, scopes });
const decisions: [who: string, caller: typeof plainUser | typeof machine, allowed: boolean[]][] = [
  ["a person with an ID token", plainUser, [true, true, false, false, false]],
  ["a person with the scope", carrying(plainUser, "api/read"), [true, true, false, false, false]],
  ["an administrator with an ID token", adminUser, [true, true, true, false, false]],
  [
    "an administrator with OpenID's scopes",
    carrying(adminUser, "openid", "email"),
    [true, true, true, false, false],
  ],
  [
    "an administrator with the scope",
    carrying(adminUser, "openid", "api/read"),
    [true, true, true, false, true],
  ],
  ["a machine with the scope", machine, [true, true, false, true, true]],
  [
    "a machine with another scope",
    { ...machine, scopes: ["api/write"] },
    [true, true, false, false, false],
  ],
];

test.each(decisions)(
  "decides about %s as the guard does, by each kind of rule",
  async (_who, caller, allowed) => {
    const routes = new Hono<AppEnv>().all("*", (c) => c.text("ran"));
    const { app } = protectedApp(routes, sampleAccess, async () => {});
    for (const how of [{}, { unchecked: { authTime: 1 } }]) {
      const statuses = await Promise.all(
        kinds.map(async (path) => (await send(app, { path, caller, ...how })).status),
      );
      expect(statuses).toEqual(allowed.map((yes) => (yes ? 200 : 403)));
    }
  },
);

const impostors = [
  "arn:aws:sts::111122223333:assumed-role/other/gatehouse-dev-guard",
  "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guardX/us-east-1.gatehouse-dev-guard",
  "arn:aws:sts::111122223333:assumed-role/team/gatehouse-dev-guard/us-east-1.gatehouse-dev-guard",
  "arn:aws:sts::444455556666:assumed-role/gatehouse-dev-guard/us-east-1.gatehouse-dev-guard",
  "arn:aws-iso:sts::111122223333:assumed-role/gatehouse-dev-guard/us-east-1.gatehouse-dev-guard",
  "arn:aws:iam::111122223333:user/gatehouse-dev-guard",
  "arn:aws:iam::111122223333:role/gatehouse-dev-guard",
  "arn:aws:iam::111122223333:root",
  "arn:aws:sts::111122223333:federated-user/gatehouse-dev-guard",
  "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard",
];

test.each(impostors)("takes %s for a service, not for the edge", async (userArn) => {
  const { app } = createTestApp();
  const me = await send(app, { path: "/me", userArn, caller: adminUser });
  expect(await me.json()).toEqual({ kind: "service", arn: userArn });
  expect((await send(app, { path: "/admin/x", userArn, caller: adminUser })).status).toBe(403);
  expect((await send(app, { path: "/admin/x", userArn: edgeArn, caller: adminUser })).status).toBe(
    200,
  );
});

const refusals: [
  what: string,
  caller: NonNullable<EventOptions["caller"]>,
  method: string,
  path: string,
][] = [
  ["an anonymous caller where one must be signed in", { kind: "anonymous" }, "GET", "/me"],
  ["a user without the group", plainUser, "GET", "/admin/x"],
  ["HEAD like GET", plainUser, "HEAD", "/admin/x"],
  ["a machine where a group is asked for", machine, "GET", "/admin/x"],
  [
    "a path without a route before saying that there is none",
    { kind: "anonymous" },
    "GET",
    "/nothing",
  ],
];

test.each(refusals)("refuses %s with access_denied", async (_what, caller, method, path) => {
  const { app, lines } = createTestApp();
  const response = await send(app, { method, path, caller });
  expect(response.status).toBe(403);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("private, no-store");
  expect(await response.text()).toBe(
    method === "HEAD"
      ? ""
      : '{"type":"about:blank","title":"Forbidden","status":403,"code":"access_denied",' +
          '"detail":"The access rules do not allow this caller to do this.","requestId":"5f8e7d6c-0000-4000-8000-123456789abc"}',
  );
  const { requestId } = functionUrlEvent().requestContext;
  const detail = "The access rules do not allow this caller to do this.";
  const ids = { requestId, lambdaRequestId: requestId };
  expect(lines).toEqual([
    { level: "warn", ...ids, method, status: 403, code: "access_denied", detail },
  ]);
});

test("refuses a request whose event and route fall under different rules, though both would be allowed", async () => {
  const { app } = createTestApp();
  const event = functionUrlEvent({ path: "/public/x", caller: adminUser });
  const routed = (path: string) => app.request(`https://api.example${path}`, undefined, { event });
  expect((await routed("/admin/x")).status).toBe(403);
  expect((await routed("/public/x")).status).toBe(404);
});

test("lets a percent-encoded path through when every reading agrees", async () => {
  const { app } = createTestApp();
  for (const path of [
    "/echo/a%20b",
    "/echo/caf%C3%A9",
    "/echo/a%2Fb",
    "/echo/100%25",
    "/echo/%5B1%5D",
  ]) {
    const response = await send(app, { path, caller: plainUser });
    expect([path, response.status]).toEqual([path, 200]);
    expect(await response.json()).toMatchObject({ path });
  }
});

describe("a caller whom the guard has left to the backend", () => {
  const ended = new GuardError("token_revoked", "This sign-in was revoked. Sign in again.");
  const away = new GuardError("settings_unavailable", "The list cannot be read.");
  const asked: unknown[] = [];
  function setUp(answer?: GuardError) {
    asked.length = 0;
    return protectedApp(createSampleApp(), access, async (signIn) => {
      asked.push(signIn);
      if (answer !== undefined) throw answer;
    });
  }
  const authTime = 1_795_334_400;
  const bearer = { caller: plainUser, unchecked: { authTime } };
  const script = { caller: plainUser, unchecked: { authTime, session: "script" } } as const;
  const page = { caller: plainUser, unchecked: { authTime, session: "page" } } as const;

  test("is let in when the list does not say otherwise, a person by sub and a machine by client id", async () => {
    const { app } = setUp();
    expect(await (await send(app, { path: "/me", ...script })).json()).toEqual(plainUser);
    expect(
      (await send(app, { path: "/me", caller: machine, unchecked: { authTime } })).status,
    ).toBe(200);
    expect(asked).toEqual([
      { sub: plainUser.sub, authTime },
      { sub: machine.clientId, authTime },
    ]);
  });

  test.each([
    ["a bearer token", bearer],
    ["a script", script],
  ])("whose sign-in was ended is told so in a problem document: %s", async (_what, who) => {
    const response = await send(setUp(ended).app, { path: "/me", ...who });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    expect(await response.json()).toMatchObject({
      code: "token_revoked",
      signInUrl: "/.auth/login",
    });
  });

  test("is led to the sign-in by the challenge where the resource is", async () => {
    const guarded = defineAccess({
      scopes: ["api/read"],
      rules: { "/*": "signed-in", "/mcp/*": "signed-in" },
      resource: { path: "/mcp", scopes: ["api/read"] },
    });
    const { app } = protectedApp(createSampleApp(), guarded, async () => {
      throw ended;
    });
    const told = async (path: string) =>
      (
        await send(app, { path, headers: { "x-gatehouse-origin": "https://a.example" }, ...bearer })
      ).headers.get("www-authenticate");
    expect(await told("/mcp")).toMatch(
      /^Bearer error="invalid_token", resource_metadata="https:\/\/a\.example\/\.well-known\/oauth-protected-resource\/mcp", scope="api\/read"$/,
    );
    expect(await told("/me")).toBe('Bearer error="invalid_token"');
  });

  test.each([
    ["GET", "/me", "", "fresh=1&return_to=%2Fme"],
    ["GET", "/me", "a=1&b=%20", "fresh=1&return_to=%2Fme%3Fa%3D1%26b%3D%2520"],
    ["POST", "/me", "", "fresh=1&return_to=%2Fme&posted=1"],
    ["GET", "/me", `q=${"x".repeat(2050)}`, "fresh=1&return_to=%2Fme"],
  ])("who waits for a page is led to the sign-in: %s %s?%s", async (method, path, query, asks) => {
    const response = await send(setUp(ended).app, { method, path, query, ...page });
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      `/.auth/login?${asks}#`,
    ]);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(await response.text()).not.toBe("");
  });

  test.each([bearer, script, page])("gets 503 while nobody knows: %j", async (who) => {
    const response = await send(setUp(away).app, { path: "/me", ...who });
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(await response.json()).toMatchObject({ code: "settings_unavailable" });
  });

  test("is nobody where nobody has to sign in, but for a bearer token, which is refused there too", async () => {
    for (const problem of [ended, away]) {
      const { app } = setUp(problem);
      expect((await send(app, { path: "/public/health", ...script })).status).toBe(200);
      expect((await send(app, { path: "/public/health", ...page })).status).toBe(200);
      expect((await send(app, { path: "/public/health", ...bearer })).status).toBe(
        problem === ended ? 401 : 503,
      );
    }
  });

  test("is never let in by a backend that is told of no list, nor with a second header", async () => {
    const { app } = protectedApp(createSampleApp(), access);
    expect((await send(app, { path: "/me", ...bearer })).status).toBe(500);
    const headers = { [callerHeader]: toCallerHeader(plainUser, { version: 2 }) };
    expect((await send(setUp().app, { path: "/me", headers, ...bearer })).status).toBe(500);
  });

  test("is nobody whom a reader of the checked header would take", async () => {
    const value = toCallerHeader(plainUser, { version: 2, signIn: { authTime } });
    const { app } = setUp();
    const swapped = { caller: null, headers: { [callerHeader]: value } };
    expect((await send(app, { path: "/me", ...swapped })).status).toBe(500);
    const checked = toCallerHeader(plainUser, { version: 2 });
    const other = { caller: null, headers: { [uncheckedCallerHeader]: checked } };
    expect((await send(app, { path: "/me", ...other })).status).toBe(500);
  });

  test.each([1, 2] as const)(
    "comes in version %d of the header from a guard that has looked",
    async (version) => {
      const value = toCallerHeader(plainUser, { version });
      const { app } = setUp(ended);
      const response = await send(app, {
        path: "/me",
        caller: null,
        headers: { [callerHeader]: value },
      });
      expect(response.status).toBe(200);
      expect(asked).toEqual([]);
    },
  );
});

test("a token without the scopes of the resource gets no further than the guard would let it", async () => {
  const guarded = defineAccess({
    scopes: ["api/read"],
    rules: { "/*": "signed-in", "/echo/*": "signed-in" },
    resource: { path: "/echo", scopes: ["api/read"] },
  });
  const { app } = protectedApp(createSampleApp(), guarded);
  const held = { ...plainUser, scopes: ["openid", "api/read"] };
  const statuses = [];
  for (const caller of [plainUser, held])
    statuses.push((await send(app, { path: "/echo/x", caller })).status);
  expect(statuses).toEqual([403, 200]);
});
