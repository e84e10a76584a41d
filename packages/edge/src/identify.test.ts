import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";
import { describe, expect, test } from "vitest";

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
  session,
  bearer: {
    ...session,
    sub: "sub-of-bob",
    caller: { ...alice, groups: [], scopes: [], sub: "sub-of-bob" },
  },
  id: { ...session, tokenUse: "id" },
  "of-another-client": { ...session, clientId: "3otherotherotherother3" },
  "of-a-machine": {
    ...session,
    clientId: "2machinemachinemachine2",
    caller: { kind: "client", clientId: "2machinemachinemachine2", scopes: [] },
  },
  expired: new GuardError("token_expired", "The token has expired."),
  revoked: new GuardError("token_revoked", "The sign-in was ended."),
  keyless: new GuardError("keys_unavailable", "No keys."),
  broken: new TypeError("a defect"),
};

function setUp() {
  const asked: string[] = [];
  const identify = createIdentify({
    async verify(token) {
      asked.push(token);
      const found = tokens[token] ?? new GuardError("token_malformed", "No token.");
      if (found instanceof Error) throw found;
      return found;
    },
    sessionClientId: () => webClient,
  });
  return {
    asked,
    identify: (headers: HttpHeaders, accessToken?: string) =>
      identify(
        {
          method: "GET",
          host: "x.example",
          path: "/",
          query: "",
          headers,
          body: { kind: "visible", bytes: new Uint8Array(0) },
        },
        accessToken,
      ),
  };
}

test("nobody, without a header and without a session", async () => {
  const { identify, asked } = setUp();
  expect(await identify({})).toEqual({ caller: { kind: "anonymous" } });
  expect(asked).toEqual([]);
});

test("a session's user, and no bearer token that could be passed on", async () => {
  const { identify } = setUp();
  expect(await identify({}, "session")).toEqual({
    caller: { ...alice },
    token: session,
  });
});

describe("Authorization decides alone", () => {
  test("beside a good session, which is not looked at", async () => {
    const { identify, asked } = setUp();
    expect(await identify({ authorization: ["Bearer bearer"] }, "session")).toEqual({
      caller: { ...alice, sub: "sub-of-bob" },
      token: tokens["bearer"],
      bearer: "bearer",
    });
    expect(asked).toEqual(["bearer"]);
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
  test.each(bad)("%j is refused as %s, whatever the session", async (authorization, code) => {
    const { identify } = setUp();
    await expect(identify({ authorization }, "session")).rejects.toMatchObject({ code });
  });
});

describe("a session that is not used is nobody's, and says why", () => {
  test.each([
    ["expired", "token_expired"],
    ["revoked", "token_revoked"],
    ["keyless", "keys_unavailable"],
    ["nonsense", "token_malformed"],
    ["id", "token_use"],
    ["of-another-client", "token_use"],
    ["of-a-machine", "token_use"],
  ])("%s: %s", async (accessToken, code) => {
    const { identify } = setUp();
    const { caller, problem, ...more } = await identify({}, accessToken);
    expect(caller).toEqual({ kind: "anonymous" });
    expect(problem?.code).toBe(code);
    expect(more).toEqual({});
  });

  test("where the stage has no app client for browsers", async () => {
    const identify = createIdentify({
      verify: async () => session,
      sessionClientId: () => undefined,
    });
    const { problem } = await identify(
      {
        method: "GET",
        host: "x.example",
        path: "/",
        query: "",
        headers: {},
        body: { kind: "visible", bytes: new Uint8Array(0) },
      },
      "session",
    );
    expect(problem?.code).toBe("token_use");
  });
});

test("a defect of ours is nobody's bad session", async () => {
  const { identify } = setUp();
  await expect(identify({}, "broken")).rejects.toThrow("a defect");
});
