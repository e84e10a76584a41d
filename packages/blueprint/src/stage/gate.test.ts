import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { backendsOf, defineGate, type Gate, stageOfGate, stagesOf } from "./gate.ts";

const gate: Gate = {
  app: { name: "shelf", region: "eu-west-1" },
  access: defineAccess({ scopes: ["api/read"], rules: { "/*": "signed-in" } }),
  backends: { api: { handler: "packages/api/src/index.handler" } },
};

test("an app with one backend says no path and no stage", () => {
  expect(defineGate(gate)).toBe(gate);
  expect(backendsOf(gate)).toEqual([
    { name: "api", handler: "packages/api/src/index.handler", paths: ["/*"] },
  ]);
  expect(stagesOf(gate)).toEqual({ default: {} });
});

test("backends keep their order", () => {
  const files = { handler: "src/files.handler", paths: ["/files/*", "/uploads*"] };
  expect(backendsOf(defineGate({ ...gate, backends: { files, ...gate.backends } }))).toMatchObject([
    { name: "files", paths: ["/files/*", "/uploads*"] },
    { name: "api", paths: ["/*"] },
  ]);
});

test("a user pool that is there already is for every stage, or for those that are named", () => {
  const pool = "eu-west-1_AbC123";
  const poolOf = (users: NonNullable<Gate["users"]>, stage: string) =>
    stageOfGate(defineGate({ ...gate, users }), stage).userPoolId;
  expect([poolOf(pool, "anna"), poolOf(pool, "production")]).toEqual([pool, pool]);
  const named = { production: pool };
  expect([poolOf(named, "anna"), poolOf(named, "production")]).toEqual([undefined, pool]);
});

test.each([{ mfa: "optional" }, { passwordMinLength: 12 }, { threatProtection: "audit" }] as const)(
  "%j is not the gate's to set on a pool that is there already",
  (production) => {
    const stages = { default: {}, production };
    const users = "eu-west-1_AbC123";
    expect(() => stageOfGate({ ...gate, users, stages }, "production")).toThrow(
      `stages.ts: stage production: ${Object.keys(production)[0]} is the user pool's own`,
    );
    expect(stageOfGate({ ...gate, users, stages }, "anna").userPoolId).toBe(users);
  },
);

test.each<[string, object, string]>([
  ["a member nobody knows", { domian: "a.example.com" }, "gate.ts: domian is not known"],
  ["a region without Function URLs", { app: { name: "shelf", region: "eu-west-9" } }, "eu-west-9"],
  ["a stage with a wrong setting", { stages: { default: { mfa: "yes" } } }, "mfa must be"],
  ["rules that are not made", { access: { scopes: [], rules: { "/*": "anyone" } } }, "access must"],
  [
    "a user pool of another region",
    { users: "us-east-1_AbC123" },
    'gate.ts: users must be the id of a user pool in eu-west-1, such as "eu-west-1_AbCdEfGhI"',
  ],
  ["a user pool's ARN", { users: { prod: "arn:aws:x" } }, "gate.ts: users.prod must be the id"],
  ["what is no user pool", { users: { prod: {} } }, "gate.ts: users.prod must be the id"],
  ["no backend", { backends: {} }, "gate.ts: backends names no backend"],
  [
    "a backend with a name that no AWS name can have",
    { backends: { "my api": gate.backends["api"] } },
    "gate.ts: backends.my api must have a name in camel case",
  ],
  [
    "a handler without an export",
    { backends: { api: { handler: "src/index" } } },
    "gate.ts: backends.api.handler must be a file without its ending and an export of it",
  ],
  [
    "a handler outside of the app",
    { backends: { api: { handler: "../other/index.handler" } } },
    "gate.ts: backends.api.handler must be",
  ],
  [
    "no path",
    { backends: { ...gate.backends, files: { handler: "src/files.handler", paths: [] } } },
    'gate.ts: backends.files.paths is empty; leave it out for ["/*"]',
  ],
  [
    "a path without its slash",
    { backends: { ...gate.backends, files: { handler: "src/files.handler", paths: ["files"] } } },
    'gate.ts: backends.files.paths has "files"; a path begins with /',
  ],
  [
    "a path in two places",
    { backends: { ...gate.backends, files: { handler: "src/files.handler" } } },
    "gate.ts: backends.files.paths has /*, which leads to api already",
  ],
  ["a local setting nobody knows", { local: { port: 1 } }, "gate.ts: local.port is not known"],
  [
    "a link that is no object",
    { local: { links: { Covers: "shelf-covers" } } },
    "gate.ts: local.links.Covers must be an object",
  ],
  [
    "a variable that is no text",
    { local: { environment: { LEVEL: 1 } } },
    "gate.ts: local.environment.LEVEL must be a text",
  ],
  [
    "a document at an address that is no client's id",
    { local: { clientDocuments: { "https://client.example/": "http://localhost:1/x" } } },
    'gate.ts: local.clientDocuments has "https://client.example/", which is not a client\'s id',
  ],
  ...[
    "https://localhost:8080/client.json",
    "http://intranet:8080/client.json",
    "http://localhost:8080",
    "http://localhost:8080/../client.json?x",
    "http://127.0.0.1.evil.example:80/client.json",
    "http://localhost:80@evil.example/client.json",
    7,
  ].map((at): [string, object, string] => [
    `a document of a client at ${at}`,
    { local: { clientDocuments: { "https://client.example/client.json": at } } },
    `gate.ts: local.clientDocuments says that https://client.example/client.json is at ${JSON.stringify(at)}: write`,
  ]),
  ...["AWS_REGION", "GATEHOUSE_EDGE_ROLE", "SST_KEY"].map((name): [string, object, string] => [
    `${name} as a variable of one's own`,
    { local: { environment: { [name]: "x" } } },
    `gate.ts: local.environment.${name} has a name that belongs to AWS, SST or Gatehouse`,
  ]),
  [
    "nobody for the other paths",
    { backends: { api: { handler: "src/index.handler", paths: ["/api/*"] } } },
    'gate.ts: backends have no backend for the other paths, such as those of the access rule "/*"; leave paths out for one of them, or for the site',
  ],
  [
    "an access rule about paths that lead nowhere",
    {
      access: defineAccess({
        rules: { "/books": "signed-in", "/books/old/*": "anyone", "/api/*": "anyone" },
      }),
      backends: { api: { handler: "src/index.handler", paths: ["/api/*", "/books"] } },
    },
    'the other paths, such as those of the access rule "/books/old/*"; leave paths out',
  ],
  [
    "nobody for the other paths, about which there is no rule",
    {
      access: defineAccess({ rules: { "/api/*": "anyone" } }),
      backends: { api: { handler: "src/index.handler", paths: ["/api/*", "/api"] } },
    },
    "gate.ts: backends have no backend for the other paths; leave paths out for one of them",
  ],
])("%s is refused", (_what, change, why) => {
  expect(() => defineGate({ ...gate, ...change })).toThrow(why);
});

test("clients' documents need a resource that they are for", () => {
  const stages = {
    default: { spaClient: true, cimdUrlPatterns: ["https://client.example/client.json"] },
  };
  expect(() => stageOfGate({ ...gate, stages }, "anna")).toThrow(
    "stages.ts: stage anna: cimdUrlPatterns is for clients of a resource, and access.ts declares none: add resource: { path, scopes }",
  );
  const access = { ...gate.access, resource: { path: "/mcp", scopes: ["api/read"] } };
  const local = {
    clientDocuments: { "https://client.example/client.json": "http://localhost:8080/client.json" },
  };
  expect(stageOfGate(defineGate({ ...gate, access, stages, local }), "anna").cimdUrlPatterns).toBe(
    stages.default.cimdUrlPatterns,
  );
});
