import { beforeAll, describe, expect, test } from "vitest";

import { send, signedForFunctionUrl, viaApp, type Answer } from "./support/client.ts";
import { createForge } from "./support/forge.ts";
import { machineToken, signIn } from "./support/oauth.ts";
import { needs } from "./support/requirements.ts";
import { isStack, loadTarget, type Target } from "./support/target.ts";

type Who =
  | "anonymous"
  | "alice (ID)"
  | "alice (access)"
  | "admin (ID)"
  | "admin (access)"
  | "api/read"
  | "api/write"
  | "service";
let target: Target;
const tokens = new Map<Who, string>();

beforeAll(async () => {
  target = loadTarget();
  tokens.set("alice (ID)", target.tokens.id);
  tokens.set("alice (access)", target.tokens.access);
  const admin = target.users.find(({ groups }) => groups.includes("admin"));
  if (admin === undefined) throw new Error("the chain has no user in the group admin");
  tokens.set("admin (ID)", (await signIn(target, admin)).id);
  if (isStack(target)) {
    const forge = await createForge(target);
    // No client for people may ask for a scope of the API, so this token has to be made.
    const claims = { "cognito:groups": ["admin"], username: "ada", scope: "openid api/write" };
    tokens.set("admin (access)", await forge.mint("access", forge.accessClaims(claims)));
  }
  tokens.set("api/read", await machineToken(target, "api/read"));
  tokens.set("api/write", await machineToken(target, "api/write"));
});

function callAs(who: Who, method: string, path: string): Promise<Answer> {
  const token = tokens.get(who);
  if (who === "service")
    return send(
      target.functionUrl,
      signedForFunctionUrl(target, target.credentials.service, { method, path }),
    );
  return viaApp(target, { method, path, ...(token === undefined ? {} : { token }) });
}

describe("caller, rule and method, through the real guard and the real backend", () => {
  const everybody: readonly Who[] = [
    "anonymous",
    "alice (ID)",
    "alice (access)",
    "admin (ID)",
    "admin (access)",
    "api/read",
    "api/write",
    "service",
  ];
  const table: [method: string, path: string, expected: readonly number[]][] = [
    ["GET", "/public/health", [200, 200, 200, 200, 200, 200, 200, 200]],
    ["HEAD", "/public/health", [200, 200, 200, 200, 200, 200, 200, 200]],
    ["GET", "/public", [404, 404, 404, 404, 404, 404, 404, 404]],
    ["GET", "/me", [401, 200, 200, 200, 200, 200, 200, 200]],
    ["POST", "/echo/x", [401, 200, 200, 200, 200, 200, 200, 200]],
    ["GET", "/admin/things", [401, 403, 403, 200, 200, 403, 403, 403]],
    ["HEAD", "/admin/things", [401, 403, 403, 200, 200, 403, 403, 403]],
    ["POST", "/admin/echo/x", [401, 403, 403, 200, 200, 403, 403, 403]],
    ["GET", "/reports/daily", [401, 403, 403, 200, 200, 403, 403, 403]],
    ["HEAD", "/reports/daily", [401, 403, 403, 200, 200, 403, 403, 403]],
    ["POST", "/reports/daily", [401, 403, 403, 403, 403, 403, 202, 403]],
  ];
  describe.each(everybody)("%s", (who) => {
    if (who === "service") needs("roles");
    if (who === "admin (access)") needs("forgery");
    const column = everybody.indexOf(who);
    const rows = table.map(([method, path, row]) => [method, path, row[column] ?? 0] as const);
    test.each(rows)("%s %s is %i", async (method, path, status) => {
      const answer = await callAs(who, method, path);
      const code =
        method === "HEAD" || (status !== 401 && status !== 403) ? undefined : answer.json()["code"];
      expect({ status: answer.status, code }).toEqual({ status, code: codeOf(method, status) });
    });
  });

  /** A HEAD has no body to hold a code. */
  function codeOf(method: string, status: number): string | undefined {
    if (method === "HEAD") return undefined;
    return { 401: "token_missing", 403: "access_denied" }[status];
  }

  test("a refusal names what is missing", async () => {
    expect((await callAs("alice (ID)", "GET", "/admin/things")).json()["detail"]).toContain(
      "admin",
    );
    expect((await callAs("api/read", "POST", "/reports/daily")).json()["detail"]).toContain(
      "api/write",
    );
  });
});

test("a raw character that has one reading is decided about, and arrives, percent-encoded", async () => {
  const echo = await callAs("admin (ID)", "GET", "/public/echo/report[1]|final^{2}.pdf");
  expect([echo.status, echo.json()["path"]]).toEqual([
    200,
    "/public/echo/report%5B1%5D%7Cfinal%5E%7B2%7D.pdf",
  ]);
  const refused = await callAs("alice (ID)", "GET", "/admin/[x]");
  expect([refused.status, refused.json()["code"]]).toEqual([403, "access_denied"]);
});

describe("a path that two readers could take for different ones", () => {
  const spellings: [path: string, code: string][] = [
    ["/public/%2e%2e/admin/things", "path_malformed"],
    ["/public/../admin/things", "path_malformed"],
    ["/public/.%2E/admin/things", "path_malformed"],
    ["/public/..;x/admin/things", "path_malformed"],
    ["/public/..%2Fadmin/things", "path_malformed"],
    ["/public/..%5Cadmin/things", "path_malformed"],
    ["/public\\..\\admin\\things", "path_malformed"],
    ["/ad%zzmin", "path_malformed"],
    ["/public/%00", "path_malformed"],
    ["/public/%ff", "path_malformed"],
    ["/%61dmin/things", "path_ambiguous"],
    ["/ad%09min/things", "path_ambiguous"],
    ["/ADMIN/things", "path_ambiguous"],
    ["/admin;v=1/things", "path_ambiguous"],
    ["/admin;/things", "path_ambiguous"],
    ["/admin%3F", "path_ambiguous"],
    ["/admin%23/x", "path_ambiguous"],
    ["/public/%252e%252e/admin/things", "path_malformed"],
    ["/%61;p%2F%5C%09%3Bq//A/%3F/", "path_ambiguous"],
    ["//admin/things", "path_ambiguous"],
    ["/admin%2Fthings", "path_ambiguous"],
    ["/admin%5Cthings", "path_ambiguous"],
    ["/Public/health", "path_ambiguous"],
  ];
  test.each(spellings)("%s is refused, for an administrator too", async (path, code) => {
    const answer = await callAs("admin (ID)", "GET", path);
    expect({ status: answer.status, code: answer.json()["code"] }).toEqual({ status: 400, code });
  });

  test("passes byte for byte where every reading falls under one rule", async () => {
    for (const path of [
      "/echo/a%2Fb",
      "/echo//x",
      "/echo/a;b=1",
      "/echo/a;b/c",
      "/echo/a%3Fb",
      "/echo/%C3%A9",
      "/echo/UPPER",
      "/echo/a%252Fb",
      "/echo/(a)!*'$&+,=:@~",
    ]) {
      const answer = await callAs("alice (ID)", "GET", path);
      expect(answer.status).toBe(200);
      expect(answer.json()["path"]).toBe(path);
    }
  });
});
