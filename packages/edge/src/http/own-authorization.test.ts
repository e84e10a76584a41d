import { fromCallerHeader } from "@sst-gatehouse/core/caller";
import { describe, expect, test } from "vitest";

import { guardSettings, issuer } from "../../test/events.ts";
import { createBench, fetched, type Outcome, sessionCookie } from "../../test/test-browser.ts";

const uri = "/public/hooks/x";
const header = "x-gatehouse-authorization";
const post = (authorization: string | string[], headers: Record<string, string> = {}) => ({
  uri,
  method: "POST",
  headers: { ...headers, authorization },
});
const callerOf = ({ headers }: Outcome) =>
  fromCallerHeader(headers["x-gatehouse-caller"] ?? []).caller.kind;
const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("under a rule whose senders bring credentials of their own", () => {
  test.each([
    `Basic ${base64("hook:secret")}`,
    "Bearer whsec_abc123",
    "whsec_abc123",
    "Token token=abc",
    'Digest username="a", response="b"',
    `Bearer ${base64('{"alg":"RS256"}')}.${base64('{"iss":"https://accounts.example"}')}.c2ln`,
    "x".repeat(4096),
  ])("the backend is handed %s, signed, and the caller is nobody", async (authorization) => {
    const bench = createBench();
    const outcome = await bench.send(post(authorization));
    expect([outcome.status, callerOf(outcome)]).toEqual([0, "anonymous"]);
    expect(outcome.headers[header]).toEqual([authorization]);
    expect(outcome.headers["authorization"]?.[0]).toMatch(
      /^AWS4-HMAC-SHA256 .*SignedHeaders=[^,]*;x-gatehouse-authorization;/,
    );
    expect(bench.lines.join()).not.toContain(authorization.slice(0, 12));
  });

  test("a request without any is handed on as before", async () => {
    const bench = createBench();
    for (const headers of [{}, { authorization: "" }]) {
      const outcome = await bench.send({ uri, method: "POST", headers });
      expect([outcome.status, callerOf(outcome), outcome.headers[header]]).toEqual([
        0,
        "anonymous",
        undefined,
      ]);
    }
  });

  test("a token of the stage's pool is never handed on, whoever it is of and however it is wrapped", async () => {
    const bench = createBench({ ...guardSettings, forwardToken: true });
    const other = issuer.replace("//cognito-idp", "//issuer-cognito-idp");
    const settings = { ...guardSettings, issuers: [issuer, other] };
    const tokens = [
      bench.cognito.accessToken({ sub: "alice" }),
      bench.cognito.idToken({ sub: "alice" }),
      bench.cognito.accessToken({ sub: "alice", issuer: other }),
      "x." + base64(JSON.stringify({ iss: issuer })) + ".forged",
    ];
    for (const token of tokens) {
      for (const value of [
        `Bearer ${token}`,
        `bearer  ${token}`,
        token,
        `Token token="${token}"`,
        `Basic ${base64(`alice:${token}`)}`,
        `Basic ${base64(`${token}:`).replaceAll("=", "")}`,
        `Basic ${Buffer.from(`x:${token}`).toString("base64url")}`,
      ]) {
        const outcome = await createBench(settings).send(post(value));
        expect([outcome.status, callerOf(outcome)]).toEqual([0, "anonymous"]);
        expect(outcome.headers[header]).toBeUndefined();
        expect(JSON.stringify(outcome.forwarded)).not.toContain(token);
      }
    }
  });

  test("a session beside it does nothing, good or bad", async () => {
    const bench = createBench();
    const good = sessionCookie(await bench.signIn());
    for (const cookie of [`a=1; ${good}`, "a=1; __Host-Http-gatehouse-session.1of1=bad"]) {
      const from = { ...fetched, "sec-fetch-site": "cross-site", origin: "https://evil.example" };
      const outcome = await bench.send(post("Basic abc", { ...from, cookie }));
      expect([outcome.status, callerOf(outcome), outcome.cookies]).toEqual([0, "anonymous", []]);
      expect(outcome.headers["cookie"]).toEqual(["a=1"]);
      expect(outcome.headers[header]).toEqual(["Basic abc"]);
    }
  });

  test.each([
    ["4,097 bytes", "x".repeat(4097), 431, "headers_too_large"],
    ["two of them", ["Basic a", "Basic b"], 400, "header_malformed"],
    ["a control character", "Basic a\tb", 400, "header_malformed"],
    ["letters beyond ASCII", "Basic \u00e4", 400, "header_malformed"],
  ])("is refused with %s", async (_what, authorization, status, code) => {
    const outcome = await createBench().send(post(authorization));
    expect([outcome.status, outcome.code]).toEqual([status, code]);
  });

  test("a viewer cannot say what the guard says", async () => {
    for (const name of [header, "X-Gatehouse-Authorization", "x_gatehouse_authorization"]) {
      const outcome = await createBench().send(post("Basic mine", { [name]: "Basic forged" }));
      expect(outcome.headers[header]).toEqual(["Basic mine"]);
      expect(JSON.stringify(outcome.forwarded)).not.toContain("forged");
    }
  });
});

test.each([
  ["another method", { uri, method: "PUT" }, "token_missing"],
  ["another path", { uri: "/public/x", method: "POST" }, "token_missing"],
  ["another spelling of the path", { uri: "/public/HOOKS/x", method: "POST" }, "path_ambiguous"],
])("%s is read as before", async (_what, asked, code) => {
  const headers = { authorization: "Basic abc" };
  const outcome = await createBench().send({ ...asked, headers });
  expect(outcome.code).toBe(code);
});
