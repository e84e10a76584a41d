import { randomUUID } from "node:crypto";

import { revocationPageText } from "@sst-gatehouse/blueprint/revocations";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { viaApp } from "../support/client.ts";
import { decodeClaims } from "../support/forge.ts";
import { machineToken } from "../support/oauth.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { listName, newUser, putList, refresh, signIn, startRevoking } from "./revoking-stack.ts";

let copy: RepositoryCopy;
beforeAll(() => {
  copy = copyRepository();
});
afterAll(() => copy.remove());

describe("a user who is revoked", () => {
  test("is out within a minute with every token, comes back by the password, and stays out when disabled", async () => {
    const started = await startRevoking();
    const { stack, target, code, revoke, revokeByCommand } = started;
    const username = await newUser(started);
    const before = await signIn(started, username);
    expect(await code(before.access_token)).toBe(200);
    // Taken before the revocation: after it Cognito would give none.
    stack.clock.advance(5);
    const refreshed = await refresh(started, before);
    expect(decodeClaims(refreshed.access_token)["auth_time"]).toBe(
      decodeClaims(before.access_token)["auth_time"],
    );
    expect(decodeClaims(refreshed.access_token)["iat"]).not.toBe(
      decodeClaims(before.access_token)["iat"],
    );

    const revoked = await revokeByCommand(copy, username);
    expect(revoked.output).toContain(`${username} is signed out of the stack on this machine.`);
    expect(revoked.code).toBe(0);
    stack.clock.advance(60);
    expect(await code(before.access_token)).toBe("token_revoked");
    expect(await code(refreshed.access_token)).toBe("token_revoked");
    expect(await code(target.tokens.access)).toBe(200);

    const after = await signIn(started, username);
    expect(await code(after.access_token)).toBe(200);

    expect((await revoke(username, "--disable")).code).toBe(0);
    stack.clock.advance(60);
    expect(await code(after.access_token)).toBe("token_revoked");
    await expect(signIn(started, username)).rejects.toThrow("Invalid URL"); // sent nowhere with a code
  });

  test("gains nothing by a hosted sign-in that still remembers the browser: the time is that of the password", async () => {
    const started = await startRevoking();
    const { stack, code, revoke } = started;
    const username = await newUser(started);
    const cookies = new Map<string, string>();
    const { access_token: before } = await signIn(started, username, { cookies });
    expect((await revoke(username)).output).toContain("Only --disable is a sure lock-out.");
    stack.clock.advance(60);
    expect(await code(before)).toBe("token_revoked");

    const { access_token: silent } = await signIn(started, username, { cookies, typed: "" });
    expect(silent).not.toBe(before);
    expect(await code(silent)).toBe("token_revoked");
    const { access_token: typed } = await signIn(started, username);
    expect(await code(typed)).toBe(200);
  });

  test("is signed out in the background, without any request waiting", async () => {
    const started = await startRevoking();
    const { stack, target, code, revoke } = started;
    const username = await newUser(started);
    const { access_token: token } = await signIn(started, username);
    expect(await code(token)).toBe(200);
    expect((await revoke(username)).code).toBe(0);
    expect(await code(token)).toBe(200);
    // Old enough to be certainly fetched again, and too young to be waited for.
    stack.clock.advance(55);
    await vi.waitFor(async () => expect(await code(token)).toBe("token_revoked"), 5000);
    expect(await code(target.tokens.access)).toBe(200);
  });

  test("does not exist: nothing is written, and a full list is not cut", async () => {
    const started = await startRevoking();
    const { revoke } = started;
    expect(await revoke("nobody")).toMatchObject({
      code: 1,
      output: expect.stringContaining("There is no user nobody"),
    });
    const now = Math.floor(started.stack.clock.now() / 1000);
    /** As many users as one parameter holds, in each of the ten that a list may have. */
    const full = (pages: number) =>
      revocationPageText({
        everybody: 0,
        users: new Map(Array.from({ length: 101 }, () => [randomUUID(), now])),
        pages,
      });
    const first = full(10);
    await putList(started, first);
    for (let at = 1; at < 10; at += 1) await putList(started, full(1), `${listName}/${at}`);
    const username = await newUser(started);
    expect(await revoke(username)).toMatchObject({
      code: 1,
      output: expect.stringContaining("`users revoke --everybody` empties it"),
    });
    const read = await started.api("AmazonSSM.GetParameter", { Name: listName });
    const { Parameter } = read.json<{ Parameter: { Value: string } }>();
    expect(Parameter.Value).toBe(first);
  });
});

describe("everybody", () => {
  test("is signed out by one time, machines too, and comes back", async () => {
    const started = await startRevoking();
    const { stack, target, code, revoke } = started;
    const machine = await machineToken(target, "api/read");
    expect(await code(machine)).toBe(200);
    expect(await code(target.tokens.id)).toBe(200);
    expect((await revoke("--everybody")).code).toBe(0);
    // Beyond what one request may start by itself: a container that was frozen waits for a new list.
    stack.clock.advance(600);
    expect(await Promise.all([target.tokens.id, target.tokens.access, machine].map(code))).toEqual([
      "token_revoked",
      "token_revoked",
      "token_revoked",
    ]);
    expect(await code(await machineToken(target, "api/read"))).toBe(200);
    expect((await viaApp(target, { path: "/public/a" })).status).not.toBe(401);
  });
});

describe("while Parameter Store has no list", () => {
  test("requests with a token are refused where the stage says so, others are not, and it heals", async () => {
    const started = await startRevoking();
    const { stack, target, code, lines } = started;
    expect(await code(target.tokens.access)).toBe(200);
    await started.api("AmazonSSM.DeleteParameter", { Name: listName });
    stack.clock.advance(61);
    const refused = await viaApp(target, { path: "/me", token: target.tokens.access });
    expect([refused.status, refused.json()["code"], refused.header("retry-after")]).toEqual([
      503,
      "settings_unavailable",
      "5",
    ]);
    expect((await viaApp(target, { path: "/public/a" })).status).not.toBe(503);
    expect(lines.join("\n")).toMatch(/^api: .*revocations refresh failed: TypeError/m);
    await putList(started, '{"everybody":0,"users":{}}');
    stack.clock.advance(3);
    expect(await code(target.tokens.access)).toBe(200);
  });

  test.each(["null", "{}", '{"everybody":0}', '{"everybody":99999999999,"users":{}}'])(
    "%s is not an empty list",
    async (value) => {
      const started = await startRevoking();
      const { stack, target, code } = started;
      expect(await code(target.tokens.access)).toBe(200);
      await putList(started, value);
      stack.clock.advance(61);
      expect(await code(target.tokens.access)).toBe("settings_unavailable");
    },
  );
});

test("without a list nobody is asked, and revoking says that there is none", async () => {
  const started = await startRevoking({ stage: { revocation: "off" } });
  const { target, code, revoke, lines } = started;
  expect(await code(target.tokens.access)).toBe(200);
  expect(lines.filter((line) => line.includes("revocation"))).toEqual([]);
  expect(await revoke(await newUser(started))).toMatchObject({
    code: 1,
    output: expect.stringContaining("There is no list of revocations"),
  });
});

test("a guard that asks for its client ids leaves the list to the backend like any other", async () => {
  const started = await startRevoking({ unbaked: ["clients"] });
  const { stack, target, code, revoke, lines } = started;
  const username = await newUser(started);
  const { access_token: token } = await signIn(started, username);
  stack.clock.advance(60); // the sign-in is old enough that the backend has to read the list
  expect(await code(token)).toBe(200);
  expect((await revoke(username)).code).toBe(0);
  stack.clock.advance(60);
  expect(await code(token)).toBe("token_revoked");
  expect(await code(target.tokens.access)).toBe(200);
  expect(lines.filter((line) => line.includes("revocation"))).toEqual([
    "api: revocations refreshed",
  ]);
});
