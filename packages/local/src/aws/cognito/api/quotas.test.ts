import { afterAll, beforeAll, expect, test } from "vitest";

import { startCognito } from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";
import type { Operation } from "../../json-api/json-service.ts";
import { withQuotas } from "./quotas.ts";

let stand: CognitoUnderTest;
beforeAll(async () => {
  stand = await startCognito();
});
afterAll(() => stand.close());

const tooMany = { name: "TooManyRequestsException", message: "Rate exceeded" };
const operation: Operation = { resources: () => [], run: () => ({}) };

test("throttles a category as a whole, leaves the others, and lets calls in again with time", () => {
  let nowMs = 1_800_000_000_000;
  const clock = { ...stand.clock, now: () => nowMs };
  const names = ["AdminDisableUser", "AdminUserGlobalSignOut", "AdminGetUser"] as const;
  const operations = withQuotas(Object.fromEntries(names.map((name) => [name, operation])), clock);
  const run = (name: (typeof names)[number]) => () => operations[name]?.run({}, undefined);
  for (let count = 0; count < 25; count += 1)
    expect(run(count % 2 === 0 ? "AdminDisableUser" : "AdminUserGlobalSignOut")()).toEqual({});
  for (const name of ["AdminDisableUser", "AdminUserGlobalSignOut"] as const)
    expect(run(name)).toThrow(expect.objectContaining(tooMany));
  expect(run("AdminGetUser")()).toEqual({});
  nowMs += 40;
  expect(run("AdminDisableUser")()).toEqual({});
  expect(run("AdminUserGlobalSignOut")).toThrow(expect.objectContaining(tooMany));
});

test("counts a renewal as a sign-in", () => {
  const clock = { ...stand.clock, now: () => 1_800_000_000_000 };
  const names = ["InitiateAuth", "GetTokensFromRefreshToken", "RevokeToken"] as const;
  const operations = withQuotas(Object.fromEntries(names.map((name) => [name, operation])), clock);
  const run = (name: (typeof names)[number]) => () => operations[name]?.run({}, undefined);
  for (let count = 0; count < 60; count += 1) {
    expect(run("InitiateAuth")()).toEqual({});
    expect(run("GetTokensFromRefreshToken")()).toEqual({});
  }
  for (const name of ["InitiateAuth", "GetTokensFromRefreshToken"] as const)
    expect(run(name)).toThrow(expect.objectContaining(tooMany));
  expect(run("RevokeToken")()).toEqual({});
});

test("refuses an operation that nobody gave a quota", () => {
  expect(() => withQuotas({ AdminDoSomething: operation }, stand.clock)).toThrow(
    "no quota is known for AdminDoSomething",
  );
});

test("is what the pool answers with", async () => {
  const calls = Array.from({ length: 16 }, () => stand.run("DescribeUserPool", {}));
  const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject([{ reason: tooMany }]);
});
