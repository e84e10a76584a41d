import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";
import { describe, expect, test } from "vitest";

import { createIdentify } from "../identify.ts";
import { webClient } from "../../test/events.ts";
import {
  alice,
  type KnownTokens,
  refused,
  requestWith,
  session,
  verifierOf,
} from "../../test/known-tokens.ts";
import { createIdentifySession } from "./identify-session.ts";

const withClaims = (token: VerifiedToken, claims: Record<string, unknown>): VerifiedToken => ({
  ...token,
  caller: { ...alice, groups: [], scopes: [], claims },
});
const id = withClaims({ ...session, tokenUse: "id" }, { email: "a@b.example", tenant: "of-id" });

const tokens: KnownTokens = {
  session,
  "session-with-tenant": withClaims(session, { tenant: "of-access" }),
  id,
  "id-of-bob": { ...id, sub: "sub-of-bob" },
  "id-of-another-client": { ...id, clientId: "3otherotherotherother3" },
  "access-in-its-place": withClaims(session, { email: "other@b.example" }),
  bearer: { ...session, sub: "sub-of-bob" },
  "of-another-client": { ...session, clientId: "3otherotherotherother3" },
  "of-a-machine": {
    ...session,
    clientId: "2machinemachinemachine2",
    caller: { kind: "client", clientId: "2machinemachinemachine2", scopes: [] },
  },
  ...refused,
  broken: new TypeError("a defect"),
};

function setUp(clientId: string | undefined = webClient) {
  const { asked, verifyToken } = verifierOf(tokens);
  const identify = createIdentifySession({
    identify: createIdentify(verifyToken),
    verifyToken,
    clientId: () => clientId,
  });
  return {
    asked,
    identify: (headers: HttpHeaders, accessToken?: string, idToken?: string) =>
      identify(
        requestWith(headers),
        accessToken === undefined
          ? undefined
          : { accessToken, refreshToken: "r", ...(idToken === undefined ? {} : { idToken }) },
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
  expect(await identify({}, "session")).toEqual({ caller: { ...alice }, token: session });
});

test("Authorization decides alone, beside a good session, which is not looked at", async () => {
  const { identify, asked } = setUp();
  const { token, bearer } = await identify(
    { authorization: ["Bearer eyJbearer"] },
    "session",
    "id",
  );
  expect([token, bearer]).toEqual([tokens["bearer"], "eyJbearer"]);
  await expect(identify({ authorization: ["Bearer eyJexpired"] }, "session")).rejects.toMatchObject(
    {
      code: "token_expired",
    },
  );
  expect(asked).toEqual(["eyJbearer", "eyJexpired"]);
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
    const { caller, problem, ...more } = await identify({}, accessToken, "id");
    expect(caller).toEqual({ kind: "anonymous" });
    expect(problem?.code).toBe(code);
    expect(more).toEqual({});
  });

  test("where the stage has no app client for browsers", async () => {
    const { problem } = await setUp("").identify({}, "session");
    expect(problem?.code).toBe("token_use");
  });

  test("where its claims cannot be verified now", async () => {
    const { caller, problem } = await setUp().identify({}, "session", "keyless");
    expect([caller, problem?.code]).toEqual([{ kind: "anonymous" }, "keys_unavailable"]);
  });
});

describe("the claims of a session", () => {
  test("are those of its ID token, and the access token is what was verified", async () => {
    const identified = await setUp().identify({}, "session", "id");
    expect(identified).toEqual({
      caller: { ...alice, claims: { email: "a@b.example", tenant: "of-id" } },
      token: session,
    });
  });

  test("are those of the access token where both have one", async () => {
    const { caller } = await setUp().identify({}, "session-with-tenant", "id");
    expect(caller).toMatchObject({ claims: { email: "a@b.example", tenant: "of-access" } });
  });

  test.each([
    "id-of-bob",
    "id-of-another-client",
    "access-in-its-place",
    "expired",
    "revoked",
    "nonsense",
  ])("are none of an ID token that is no part of it: %s", async (idToken) => {
    expect(await setUp().identify({}, "session", idToken)).toEqual({
      caller: { ...alice },
      token: session,
    });
  });
});

test("a defect of ours is nobody's bad session", async () => {
  await expect(setUp().identify({}, "broken")).rejects.toThrow("a defect");
  await expect(setUp().identify({}, "session", "broken")).rejects.toThrow("a defect");
});
