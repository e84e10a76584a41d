import { draws } from "@sst-gatehouse/testkit/draws";
import * as fc from "fast-check";
import { Hono } from "hono";
import { handle } from "hono/aws-lambda";
import { expect, test } from "vitest";

import type { AppEnv } from "../src/app-env.ts";
import { caller } from "../src/caller.ts";
import { createAnswer } from "../src/lambda/answer.ts";
import { adminUser, functionUrlEvent, plainUser, settings, type EventOptions } from "./events.ts";
import { protectedApp, sampleAccess } from "./protected-app.ts";
import { createSampleApp } from "./sample-app.ts";

const { edgeRole } = settings;

/** An app whose routes say under which prefix Hono ran them, with or without our middleware before them. */
function createProbe(guarded: boolean): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  if (guarded) app.use(caller({ edgeRole, access: sampleAccess }));
  app.all("/public/*", (c) => c.text("public"));
  app.all("/admin/*", (c) => c.text("admin"));
  app.all("/reports/*", (c) => c.text("reports"));
  app.all("/*", (c) => c.text("rest"));
  app.onError(() => new Response("refused", { status: 403 }));
  return app;
}

/** Which route ran: through our adapter, and through the one that Hono brings. */
async function routesOf(app: Hono<AppEnv>, options: EventOptions): Promise<string[]> {
  const answer = await createAnswer(app, () => {}, edgeRole)(functionUrlEvent(options));
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const ours = answer.statusCode < 300 ? Buffer.concat(chunks).toString() : "refused";

  const event = functionUrlEvent(options);
  const { http, authorizer } = event.requestContext;
  const viaHono = await handle(app)({
    version: "2.0",
    routeKey: "$default",
    rawPath: event.rawPath,
    rawQueryString: event.rawQueryString,
    headers: { ...event.headers },
    body: null,
    isBase64Encoded: false,
    requestContext: {
      accountId: "111122223333",
      apiId: "api",
      authentication: null,
      authorizer: { iam: { ...iamNulls, userArn: authorizer?.iam?.userArn ?? "" } },
      domainName: event.requestContext.domainName,
      domainPrefix: "api",
      http: {
        method: http.method,
        path: event.rawPath,
        protocol: "HTTP/1.1",
        sourceIp: "::1",
        userAgent: "",
      },
      requestId: event.requestContext.requestId,
      routeKey: "$default",
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
  });
  return [ours, viaHono.statusCode < 300 ? viaHono.body : "refused"];
}

const iamNulls = {
  accessKey: "",
  accountId: "111122223333",
  callerId: "",
  cognitoIdentity: null,
  principalOrgId: null,
  userId: "",
};

const attacks: [path: string, honoRuns: string, code: string][] = [
  ["/public/../admin/x", "admin", "path_malformed"],
  ["/public/%2e%2e/admin/x", "admin", "path_malformed"],
  ["/public/%2E./admin/x", "admin", "path_malformed"],
  ["/public\\..\\admin\\x", "admin", "path_malformed"],
  ["/ad\tmin/x", "admin", "path_malformed"],
  ["/ad\nmin/x", "admin", "path_malformed"],
  ["/admin#/public/x", "admin", "path_malformed"],
  ["/admin?/public/x", "admin", "path_malformed"],
  ["/./admin/x", "admin", "path_malformed"],
  ["/public/..;/admin/x", "public", "path_malformed"],
  ["/%61dmin/x", "admin", "path_ambiguous"],
  ["/%61%64%6d%69%6e/x", "admin", "path_ambiguous"],
  ["/ADMIN/x", "rest", "path_ambiguous"],
  ["//admin/x", "rest", "path_ambiguous"],
  ["/admin%2Fx", "rest", "path_ambiguous"],
  ["/admin%5Cx", "rest", "path_ambiguous"],
  ["/admin;a/x", "rest", "path_ambiguous"],
  ["/ad%09min/x", "rest", "path_ambiguous"],
  ["/public/%00", "public", "path_malformed"],
  ["/public/%zz", "public", "path_malformed"],
  ["/public/%ff", "public", "path_malformed"],
];

test.each(attacks)(
  "refuses %j, which Hono alone would run as %s, with %s",
  async (path, honoRuns, code) => {
    expect(await routesOf(createProbe(false), { path })).toEqual([honoRuns, honoRuns]);
    for (const who of [plainUser, adminUser]) {
      expect(await routesOf(createProbe(true), { path, caller: who })).toEqual([
        "refused",
        "refused",
      ]);
      const answer = await createAnswer(
        protectedApp(createSampleApp()).app,
        () => {},
        edgeRole,
      )(functionUrlEvent({ path, caller: who }));
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.body) chunks.push(chunk);
      expect(answer.statusCode).toBe(400);
      expect(JSON.parse(Buffer.concat(chunks).toString())).toMatchObject({ status: 400, code });
    }
  },
);

test("refuses a path that would move into the host name", async () => {
  const answer = await createAnswer(
    createProbe(false),
    () => {},
    edgeRole,
  )(functionUrlEvent({ path: "@evil.example/public/x" }));
  expect(answer.statusCode).toBe(400);
});

test("decides HEAD like the GET handler that Hono runs for it", async () => {
  const app = createProbe(true);
  expect(await routesOf(app, { method: "HEAD", path: "/admin/x", caller: plainUser })).toEqual([
    "refused",
    "refused",
  ]);
  expect(await routesOf(app, { method: "HEAD", path: "/admin/x", caller: adminUser })).toEqual([
    "",
    "",
  ]);
});

/** Ways to write a path so that some reader takes it for another. */
const spellings: ((path: string, at: number) => string)[] = [
  (path, at) => path.slice(0, at) + escaped(path.charAt(at)) + path.slice(at + 1),
  (path, at) =>
    path.slice(0, at) + escaped(path.charAt(at)).replaceAll("%", "%25") + path.slice(at + 1),
  (path, at) => path.slice(0, at) + path.charAt(at).toUpperCase() + path.slice(at + 1),
  ...[
    "/",
    "/./",
    "/../",
    "/%2e%2e/",
    "/..%2f",
    "\\",
    "\\..\\",
    "%5c",
    "%2F",
    ";a=b",
    "#",
    "?",
    "%23",
    "%3F",
  ].map((inserted) => (path: string, at: number) => path.slice(0, at) + inserted + path.slice(at)),
  ...["\t", "\n", "\r", "%09", "%0A", "%00", " ", "%20", "%", "%C3%A9", "é", "\u0000"].map(
    (inserted) => (path: string, at: number) => path.slice(0, at) + inserted + path.slice(at),
  ),
];

function escaped(character: string): string {
  return character === "" ? "" : `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

const starts = [
  "/public/x",
  "/admin/x",
  "/public/x/admin/y",
  "/x/../admin/y",
  "/public/../admin/y",
  "/reports/daily",
];

const hostilePath = fc
  .tuple(
    fc.constantFrom(...starts),
    fc.array(fc.tuple(fc.constantFrom(...spellings), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 4,
    }),
  )
  .map(([start, changes]) =>
    // The first slash stays: Lambda's rawPath always has it.
    changes.reduce(
      (path, [spell, where]) => spell(path, 1 + Math.floor(where * (path.length - 1))),
      start,
    ),
  );

test("runs no route, however its path is spelled, that the caller may not have", async () => {
  const app = createProbe(true);
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(hostilePath, async (path) => {
      for (const route of await routesOf(app, { path, caller: { kind: "anonymous" } })) {
        expect(["refused", "public"]).toContain(route);
        seen.add(route);
      }
      for (const route of await routesOf(app, { path, caller: plainUser })) {
        expect(["refused", "public", "rest"]).toContain(route);
        seen.add(route);
      }
    }),
    { numRuns: draws(500, 10_000) },
  );
  expect([...seen].toSorted()).toEqual(["public", "refused", "rest"]);
});
