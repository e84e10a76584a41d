import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  newPasswordClient,
  openBrowser,
  callbackUrl,
  startCognito,
} from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";
import { createClock } from "../../clock.ts";
import { createLockouts } from "./lockouts.ts";

describe("after wrong passwords", () => {
  test("four cost nothing", () => {
    const lockouts = createLockouts(createClock());
    for (let count = 0; count < 4; count += 1) lockouts.failed("ada");
    expect(lockouts.isLocked("ada")).toBe(false);
  });

  test.each([
    [5, 1],
    [6, 2],
    [7, 4],
    [14, 512],
    [15, 900],
    [40, 900],
  ])("%d in a row lock out for %d seconds, and nobody else", (failures, seconds) => {
    let nowMs = 1_800_000_000_000;
    const lockouts = createLockouts({ ...createClock(), now: () => nowMs });
    for (let count = 0; count < failures; count += 1) {
      // As soon as each lockout is over: 15 idle minutes would forgive all.
      while (lockouts.isLocked("ada")) nowMs += 1000;
      lockouts.failed("ada");
    }
    nowMs += seconds * 1000 - 1;
    expect([lockouts.isLocked("ada"), lockouts.isLocked("alice")]).toEqual([true, false]);
    nowMs += 1;
    expect(lockouts.isLocked("ada")).toBe(false);
  });

  test("an attempt while locked out does not lengthen it, but begins the 15 idle minutes anew", () => {
    let nowMs = 1_800_000_000_000;
    const lockouts = createLockouts({ ...createClock(), now: () => nowMs });
    for (let count = 0; count < 6; count += 1) {
      nowMs += 1000;
      lockouts.failed("ada");
    }
    nowMs += 1999;
    expect(lockouts.isLocked("ada")).toBe(true);
    nowMs += 1;
    expect(lockouts.isLocked("ada")).toBe(false);
    nowMs += 15 * 60 * 1000 - 1;
    expect(lockouts.isLocked("ada")).toBe(false);
    lockouts.failed("ada");
    nowMs += 3999;
    expect(lockouts.isLocked("ada")).toBe(true);
  });

  test.each([
    ["a right password", 0, true],
    ["15 minutes without an attempt", 15 * 60, false],
  ])("%s forgives all", (_what, idleSeconds, signsIn) => {
    let nowMs = 1_800_000_000_000;
    const lockouts = createLockouts({ ...createClock(), now: () => nowMs });
    for (let count = 0; count < 5; count += 1) lockouts.failed("ada");
    nowMs += 1000 + idleSeconds * 1000;
    expect(lockouts.isLocked("ada")).toBe(false);
    if (signsIn) lockouts.succeeded("ada");
    for (let count = 0; count < 4; count += 1) lockouts.failed("ada");
    expect(lockouts.isLocked("ada")).toBe(false);
  });
});

describe("in the pool", () => {
  let stand: CognitoUnderTest;
  let ClientId: string;
  beforeAll(async () => {
    stand = await startCognito();
    ClientId = await newPasswordClient(stand);
  });
  afterAll(() => stand.close());

  const signIn = (USERNAME: string, PASSWORD: string) =>
    stand.run("InitiateAuth", {
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD },
    });
  const right = "Correct-horse-1";
  const incorrect = { name: "NotAuthorizedException", message: "Incorrect username or password." };
  const exceeded = { name: "NotAuthorizedException", message: "Password attempts exceeded" };

  test.each(["ada", "nobody"])(
    "wrong passwords of %s lock out the right one, too, at the API and at the form",
    async (username) => {
      // Twelve: the pool's clock goes on by itself, and this lockout is longer than the test.
      for (let count = 0; count < 12; count += 1) {
        stand.clock.advance(64);
        await expect(signIn(username, "Wrong-horse-1")).rejects.toMatchObject(incorrect);
      }
      await expect(signIn(username.toUpperCase(), right)).rejects.toMatchObject(exceeded);
      const query = new URLSearchParams({
        client_id: stand.cognito.clientId("spa"),
        redirect_uri: callbackUrl,
        response_type: "code",
      }).toString();
      const page = await openBrowser(stand.origin).signIn(query, username, right);
      expect([page.status, await page.text()]).toEqual([
        400,
        expect.stringContaining("Password attempts exceeded."),
      ]);
      stand.clock.advance(128);
    },
  );

  test("and afterwards the right one signs in and forgives all", async () => {
    for (let count = 0; count < 2; count += 1) {
      expect(await signIn("ada", right)).toMatchObject({ AuthenticationResult: {} });
      for (let wrong = 0; wrong < 4; wrong += 1)
        await expect(signIn("ada", "Wrong-horse-1")).rejects.toMatchObject(incorrect);
    }
  });
});
