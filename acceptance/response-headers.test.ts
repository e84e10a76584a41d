import { beforeAll, describe, expect, test } from "vitest";

import { viaApp, type Answer, type Sent } from "./support/client.ts";
import { loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

const security = {
  "strict-transport-security": ["max-age=31536000"],
  "x-content-type-options": ["nosniff"],
  "x-frame-options": ["SAMEORIGIN"],
  "referrer-policy": ["strict-origin-when-cross-origin"],
  "x-xss-protection": ["1; mode=block"],
};

/** The values of each security header, however often it is there. */
function securityOf({ headers }: Answer): Record<string, readonly string[]> {
  const valuesOf = (wanted: string) =>
    headers.filter(([name]) => name === wanted).map(([, value]) => value);
  return Object.fromEntries(Object.keys(security).map((name) => [name, valuesOf(name)]));
}

describe("security headers are on", () => {
  const answers: [what: string, sent: Sent & { signedIn?: true }, status: number][] = [
    ["an answer of the backend", { path: "/me", signedIn: true }, 200],
    ["an answer of the backend to everybody", { path: "/public/health" }, 200],
    ["an answer of 404", { path: "/nowhere", signedIn: true }, 404],
    [
      "a download, which sets one of them itself",
      { path: "/files/a.bin?bytes=1", signedIn: true },
      200,
    ],
    ["a stream", { path: "/stream?events=1&interval=1", signedIn: true }, 200],
    ["a refusal of the guard", { path: "/me" }, 401],
  ];
  test.each(answers)("%s", async (_what, { signedIn, ...sent }, status) => {
    const token = signedIn === true ? { token: target.tokens.id } : {};
    const answer = await viaApp(target, { ...sent, ...token });
    expect([answer.status, securityOf(answer)]).toEqual([status, security]);
  });

  test("the guard's redirect to the sign-in, which tells nobody where it came from", async () => {
    const answer = await viaApp(target, { path: "/.auth/login" });
    const silent = { ...security, "referrer-policy": ["no-referrer"] };
    expect([answer.status, securityOf(answer)]).toEqual([302, silent]);
  });

  test("CloudFront's own refusal", async () => {
    const answer = await viaApp(target, { method: "PROPFIND" });
    expect([answer.status, answer.header("x-cache")]).toEqual([403, "Error from cloudfront"]);
    expect(securityOf(answer)).toEqual(security);
  });
});
