import { defineAccess } from "@sst-gatehouse/core/access";
import { fromCallerHeader } from "@sst-gatehouse/core/caller";
import { describe, expect, test } from "vitest";

import { guardSettings } from "../../test/events.ts";
import {
  createBench,
  fetched,
  followed,
  type Outcome,
  sessionCookie,
} from "../../test/test-browser.ts";

const access = defineAccess({
  rules: { "/*": "signed-in", "/public/*": "anyone" },
  claims: ["email", "custom:tenant"],
});
const bench = () => {
  const made = createBench(guardSettings, { access });
  made.cognito.claims = { "custom:tenant": "acme", unasked: "x" };
  return made;
};
const claimsIn = ({ headers }: Outcome): unknown => {
  const { caller } = fromCallerHeader(headers["x-gatehouse-caller"] ?? []);
  return caller.kind === "user" ? caller.claims : caller.kind;
};
const all = { email: "person@example.com", "custom:tenant": "acme" };

describe("the claims that access.ts asks for", () => {
  test("reach the backend from a session, a bearer of the ID token and one of an access token alike", async () => {
    const { cognito, browse, send, signIn } = bench();
    await signIn();
    expect(claimsIn(await browse("/x", { headers: fetched }))).toEqual(all);
    expect(claimsIn(await browse("/x", { headers: followed }))).toEqual(all);
    const sent = (token: string) =>
      send({ uri: "/x", headers: { authorization: `Bearer ${token}` } });
    expect(claimsIn(await sent(cognito.idToken({ sub: "alice", ...cognito.claims })))).toEqual(all);
    expect(claimsIn(await sent(cognito.accessToken({ sub: "alice" })))).toEqual({});
  });

  test("are shown at /.auth/me", async () => {
    const { browse, signIn } = bench();
    await signIn();
    const { body } = await browse("/.auth/me", { headers: fetched });
    expect(JSON.parse(body)).toMatchObject({ kind: "user", sub: "alice", claims: all });
  });

  test("are renewed with the session", async () => {
    const made = bench();
    await made.signIn();
    made.cognito.claims = { "custom:tenant": "other" };
    made.clock.advance(3601);
    const renewed = await made.browse("/x", { headers: followed });
    expect(renewed.status).toBe(307);
    expect(claimsIn(await made.browse("/x", { headers: followed }))).toEqual({
      ...all,
      "custom:tenant": "other",
    });
    made.clock.advance(3601);
    made.cognito.claims = { "custom:tenant": "third" };
    const own = { ...fetched, origin: "https://d111111abcdef8.cloudfront.net" };
    const refreshed = await made.browse("/.auth/refresh", { method: "POST", headers: own });
    expect(refreshed.status).toBe(204);
    expect(claimsIn(await made.browse("/x", { headers: fetched }))).toMatchObject({
      "custom:tenant": "third",
    });
  });

  test("are missing after a renewal that brings no ID token, and the session goes on", async () => {
    const made = bench();
    await made.signIn();
    made.clock.advance(3601);
    made.cognito.tamper = ({ id_token: _none, ...answer }) => answer;
    await made.browse("/x", { headers: followed });
    const outcome = await made.browse("/x", { headers: followed });
    expect([outcome.status, claimsIn(outcome)]).toEqual([0, {}]);
  });

  test("come from no token of somebody else: two people's sealed together are one, without claims", async () => {
    const made = bench();
    const alices = await made.signIn();
    const bobs = made.cognito.idToken({ sub: "bob", "custom:tenant": "of-bob" });
    const expired = made.cognito.idToken({ sub: "alice", exp: 1, "custom:tenant": "stale" });
    for (const idToken of [bobs, expired, alices.accessToken, "a.b.c"]) {
      const cookie = sessionCookie({ ...alices, idToken });
      const outcome = await made.send({ uri: "/x", headers: { ...fetched, cookie } });
      expect([outcome.status, claimsIn(outcome)]).toEqual([0, {}]);
    }
  });

  test("leave an app that asks for none as it was: its sessions hold two tokens", async () => {
    const made = createBench();
    expect(Object.keys(await made.signIn()).toSorted()).toEqual(["accessToken", "refreshToken"]);
    expect(claimsIn(await made.browse("/x", { headers: fetched }))).toBeUndefined();
  });

  test("are in no log line, and the ID token in nothing that reaches the backend", async () => {
    const made = bench();
    const { idToken = "" } = await made.signIn();
    const { forwarded } = await made.browse("/x", { headers: fetched });
    expect(idToken.length).toBeGreaterThan(500);
    expect(JSON.stringify(forwarded)).not.toContain(idToken);
    expect(made.lines.join()).not.toMatch(/acme|person@example|eyJ/);
  });
});
