import { describe, expect, test } from "vitest";

import type { Caller } from "../caller.ts";
import { isGuardError } from "../errors.ts";
import { type AccessOptions, defineAccess } from "./access.ts";
import { lackedScopes, requireResource, withResource } from "./resource.ts";

const scopes = ["api/read", "api/write"] as const;
const resource = { path: "/mcp", scopes: ["api/read"] } as const;
const rules = {
  "/*": "signed-in",
  "/mcp/*": "signed-in",
  "/mcp/health": "anyone",
  "/mcp/admin/*": { groups: ["admin"] },
  "/mcp/jobs/*": { groups: ["admin"], scopes: ["api/write"] },
} as const;
const access = defineAccess({ scopes, rules, resource });
const origin = "https://app.example";

const person = (groups: string[], held: string[]): Caller => ({
  kind: "user",
  sub: "s",
  username: "u",
  groups,
  scopes: held,
});
const anonymous: Caller = { kind: "anonymous" };

function judged(
  path: string,
  caller: Caller,
  audience?: unknown,
): string | readonly [string, readonly string[]] {
  try {
    requireResource(access, { method: "POST", path }, { caller, audience }, origin);
    return "passes";
  } catch (error) {
    if (!isGuardError(error)) throw error;
    return "scopes" in error ? [error.code, Object(error.scopes)] : error.code;
  }
}

describe("a resource asks for its scopes, beside what its rules ask for", () => {
  test.each([
    ["/mcp", person([], ["openid", "api/read"]), "passes"],
    ["/mcp/x", person([], ["openid", "api/read"]), "passes"],
    ["/mcp", person([], ["openid"]), ["scope_missing", ["api/read"]]],
    ["/mcp", person([], []), ["scope_missing", ["api/read"]]],
    [
      "/mcp",
      { kind: "client", clientId: "c", scopes: ["api/write"] },
      ["scope_missing", ["api/read"]],
    ],
    ["/mcp", { kind: "service", arn: "arn:aws:sts::1:assumed-role/a/b" }, "passes"],
    ["/mcp/jobs/1", person(["admin"], ["api/read"]), ["scope_missing", ["api/write"]]],
    ["/mcp/jobs/1", person(["admin"], []), ["scope_missing", ["api/read", "api/write"]]],
    ["/mcp/jobs/1", person(["admin"], [...scopes]), "passes"],
    // What is refused for other reasons is the rules' to refuse, and public is public.
    ["/mcp", anonymous, "passes"],
    ["/mcp/admin/x", person([], []), "passes"],
    ["/mcp/jobs/1", person([], []), "passes"],
    ["/mcp/health", person([], []), "passes"],
    ["/other", person([], []), "passes"],
    ["/mcpx", person([], []), "passes"],
    ["/MCP", person([], ["api/read"]), "path_ambiguous"],
    ["/mcp/../x", person([], ["api/read"]), "path_malformed"],
  ] satisfies [string, Caller, unknown][])("%s, %j: %j", (path, caller, outcome) => {
    expect(judged(path, caller)).toEqual(outcome);
  });
});

test.each([
  ["/mcp", "https://app.example/mcp", "passes"],
  ["/mcp/x", "https://app.example/mcp", "passes"],
  ["/mcp", undefined, "passes"],
  ["/mcp", "https://app.example/mcp/", "token_audience"],
  ["/mcp", "https://APP.example/mcp", "token_audience"],
  ["/mcp", "https://app.example", "token_audience"],
  ["/mcp", "https://other.example/mcp", "token_audience"],
  ["/mcp", ["https://app.example/mcp", "https://other.example/mcp"], "token_audience"],
  ["/mcp", null, "token_audience"],
  ["/mcp", "", "token_audience"],
  ["/mcp/health", "https://other.example/mcp", "token_audience"],
  ["/other", "https://app.example/mcp", "token_audience"],
])("on %s, a token that is bound to %j: %s", (path, audience, outcome) => {
  expect(judged(path, person([], ["api/read"]), audience)).toBe(outcome);
});

test("rules without a resource say nothing of scopes or of what a token is bound to", () => {
  const without = defineAccess({ scopes, rules });
  const bound = { caller: person([], []), audience: "https://other.example" };
  expect(() =>
    requireResource(without, { method: "GET", path: "/mcp" }, bound, origin),
  ).not.toThrow();
  expect(lackedScopes(without, "/mcp/*", person([], []))).toEqual([]);
});

test("a challenge names the metadata and the scopes, and nothing where the resource is not", () => {
  const led = (path: string, error?: Error) =>
    withResource("Bearer", access, { method: "GET", path }, origin, error);
  expect(led("/mcp/x")).toBe(
    'Bearer resource_metadata="https://app.example/.well-known/oauth-protected-resource/mcp", scope="api/read"',
  );
  const missing = Object.assign(new Error("x"), { scopes: ["api/read", "api/write"] });
  expect(led("/mcp", missing)).toContain('scope="api/read api/write"');
  expect(["/other", "/MCP", "/mcp/..", "no path"].map((path) => led(path))).toEqual(
    Array.from({ length: 4 }, () => "Bearer"),
  );
});

describe("defineAccess refuses", () => {
  const define = (changes: object) => () =>
    defineAccess(Object.assign({ scopes, rules, resource }, changes) as AccessOptions<string>);

  test.each<readonly [what: string, changes: object, why: string]>([
    ["no path", { resource: { scopes: ["api/read"] } }, 'needs a plain path, such as "/mcp"'],
    ["the whole app", { resource: { ...resource, path: "/" } }, "needs a plain path"],
    ["a last slash", { resource: { ...resource, path: "/mcp/" } }, "needs a plain path"],
    ["an escape", { resource: { ...resource, path: "/m%63p" } }, "needs a plain path"],
    ["a dot segment", { resource: { ...resource, path: "/mcp/.." } }, "needs a plain path"],
    ["a quote", { resource: { ...resource, path: '/m"cp' } }, "needs a plain path"],
    ["an address of its own", { resource: { ...resource, path: "/.auth/mcp" } }, "answers itself"],
    ["/register", { resource: { ...resource, path: "/register" } }, "answers itself"],
    ["no scopes", { resource: { ...resource, scopes: [] } }, "needs scopes"],
    [
      "a scope twice",
      { resource: { path: "/mcp", scopes: ["api/read", "api/read"] } },
      "each once",
    ],
    ["an unknown scope", { resource: { ...resource, scopes: ["api/x"] } }, 'asks for "api/x"'],
    ["an unknown member", { resource: { ...resource, audience: "x" } }, 'no member "audience"'],
    ["no rule of its own", { rules: { "/*": "signed-in" } }, "/mcp has no rule of its own for GET"],
    [
      "a rule for one method only",
      { rules: { "/*": "signed-in", "POST /mcp/*": "signed-in" } },
      'write one for "/mcp/*", which covers /mcp too',
    ],
    ["a rule for the path alone", { rules: { "/*": "signed-in", "/mcp": "signed-in" } }, "/mcp/*"],
    ["a wider pattern", { rules: { "/mcp*": "signed-in" } }, "/mcp has no rule of its own"],
    ...[
      "/.well-known/oauth-protected-resource",
      "/.well-known/oauth-protected-resource/*",
      "/.well-known/oauth-protected-resource/other",
      "GET /.well-known/oauth-authorization-server",
      "/.Well-Known/OAuth-Authorization-Server*",
      "/register",
      "POST /register",
      "POST /Register",
    ].map(
      (rule) =>
        [
          `the rule ${rule}`,
          { rules: { ...rules, [rule]: "anyone" } },
          "with a resource the guard answers this address itself",
        ] as const,
    ),
  ])("%s", (_what, changes, why) => {
    expect(define(changes)).toThrow(why);
  });

  test.each(["GET /register", "/.well-known/security.txt", "/register/*", "/.well-known/*"])(
    "not the rule %s",
    (rule) => {
      expect(define({ rules: { ...rules, [rule]: "anyone" } })).not.toThrow();
    },
  );

  test("no such rule where there is no resource", () => {
    const { resource: declared } = defineAccess({ scopes, rules: { "/register": "anyone" } });
    expect(declared).toBe(undefined);
  });
});
