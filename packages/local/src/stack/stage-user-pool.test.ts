import { expect, test } from "vitest";

import type { AccountForm } from "./account.ts";
import { createDeployment } from "./deployment.ts";
import { createUserPool, peopleFor } from "./stage-user-pool.ts";
import { createClock } from "../aws/clock.ts";
import { decodeJwt } from "../../test/cognito.ts";
import { gate } from "../../test/gate.ts";

function people(groups: readonly string[], externalGroups: readonly string[] = []) {
  const rules = groups.map((group) => ({
    text: `/${group}`,
    method: undefined,
    access: { groups: [group] },
    exact: { whole: true, path: `/${group}` },
  }));
  return peopleFor({ scopes: [], rules, externalGroups });
}

test("there is a plain person, then the administrator, then one for each further group", () => {
  expect(people([])).toEqual([["alice", []]]);
  expect(people(["editors", "admin", "board"])).toEqual([
    ["alice", []],
    ["ada", ["admin"]],
    ["board", ["board"]],
    ["editors", ["editors"]],
  ]);
});

test("a group of a company's sign-on has its person too, under a name that the pool takes", () => {
  expect(
    people(["Sales Europe", "Sales@Europe", "alice"], ["Sales Europe", "Sales@Europe"]),
  ).toEqual([
    ["alice", []],
    ["alice-2", ["alice"]],
    ["Sales-Europe", ["Sales Europe"]],
    ["Sales-Europe-2", ["Sales@Europe"]],
  ]);
});

const signedIn = 1_796_000_000;

test.each<[account: AccountForm[], issuerHost: string, authTime: number]>([
  [["updated-issuer"], "issuer-cognito-idp.eu-west-1.amazonaws.com", signedIn],
  [["moving-auth-time"], "cognito-idp.eu-west-1.amazonaws.com", signedIn + 600],
])(
  "with --account %j, a refreshed token is of %s and its auth_time is %i",
  async (account, host, authTime) => {
    const clock = createClock(() => signedIn * 1000);
    const deployment = createDeployment(4280, gate);
    const pool = await createUserPool(deployment, gate.access, account, clock, () => undefined);
    const { refresh } = await pool.tokensFor("alice", "spa");
    clock.advance(600);
    const refreshed = await pool.service.operations["GetTokensFromRefreshToken"]?.run(
      { ClientId: pool.clientId("spa"), RefreshToken: refresh },
      undefined,
    );
    const { claims } = decodeJwt(Object(refreshed?.["AuthenticationResult"])["AccessToken"]);
    expect(claims).toMatchObject({ iss: `https://${host}/${pool.poolId}`, auth_time: authTime });
  },
);
