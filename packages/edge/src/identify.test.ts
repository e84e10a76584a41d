import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";
import { expect, test } from "vitest";

import { createIdentify } from "./identify.ts";
import { webClient } from "../test/events.ts";

const alice = {
  kind: "user",
  sub: "sub-of-alice",
  username: "alice",
  groups: [],
  scopes: [],
} as const;
const session: VerifiedToken = {
  caller: { ...alice, groups: [], scopes: [] },
  tokenUse: "access",
  clientId: webClient,
  issuer: "https://issuer.example",
  kid: "kid",
  sub: "sub-of-alice",
  expiresAt: 1_800_003_600,
  issuedAt: 1_800_000_000,
  authTime: 1_800_000_000,
};

const tokens: Readonly<Record<string, VerifiedToken | Error>> = {
  bearer: {
    ...session,
    sub: "sub-of-bob",
    caller: { ...alice, groups: [], scopes: [], sub: "sub-of-bob" },
  },
  expired: new GuardError("token_expired", "The token has expired."),
  revoked: new GuardError("token_revoked", "The sign-in was ended."),
  keyless: new GuardError("keys_unavailable", "No keys."),
};

function setUp() {
  const asked: string[] = [];
  const identify = createIdentify(async (token) => {
    asked.push(token);
    const found = tokens[token] ?? new GuardError("token_malformed", "No token.");
    if (found instanceof Error) throw found;
    return found;
  });
  return {
    asked,
    identify: (headers: HttpHeaders) =>
      identify({
        method: "GET",
        host: "x.example",
        path: "/",
        query: "",
        headers,
        body: { kind: "visible", bytes: new Uint8Array(0) },
      }),
  };
}

test("nobody, without a header", async () => {
  const { identify, asked } = setUp();
  expect(await identify({})).toEqual({ caller: { kind: "anonymous" } });
  expect(asked).toEqual([]);
});

test("the bearer of a token, which could be passed on", async () => {
  const { identify } = setUp();
  expect(await identify({ authorization: ["Bearer bearer"] })).toEqual({
    caller: { ...alice, sub: "sub-of-bob" },
    token: tokens["bearer"],
    bearer: "bearer",
  });
});

const bad: [authorization: string[], code: string][] = [
  [["Bearer expired"], "token_expired"],
  [["Bearer revoked"], "token_revoked"],
  [["Bearer keyless"], "keys_unavailable"],
  [["Bearer nonsense"], "token_malformed"],
  [["Bearer"], "token_malformed"],
  [["Bearer bearer bearer"], "token_malformed"],
  [["Bearer bearer", "Bearer bearer"], "token_malformed"],
  [["Basic YTpi"], "token_missing"],
  [[""], "token_missing"],
];
test.each(bad)("%j is refused as %s", async (authorization, code) => {
  const { identify } = setUp();
  await expect(identify({ authorization })).rejects.toMatchObject({ code });
});
