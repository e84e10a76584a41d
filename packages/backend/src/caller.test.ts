import { defineAccess } from "@sst-gatehouse/core/access";
import { callerHeader, toCallerHeader, type Caller } from "@sst-gatehouse/core/caller";
import { expect, test } from "vitest";

import { adminUser, edgeArn, functionUrlEvent, plainUser, send } from "../test/events.ts";
import { protectedApp } from "../test/protected-app.ts";
import { createSampleApp } from "../test/sample-app.ts";

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

const machine: Caller = {
  kind: "client",
  clientId: "7abcdefghijklmnopqrstuvwxy",
  scopes: ["api/read"],
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

const good = toCallerHeader(adminUser);
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

const refusals: [what: string, caller: Caller, method: string, path: string][] = [
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
  expect(lines).toEqual([
    { level: "warn", requestId, method, path, status: 403, code: "access_denied", detail },
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
