import { expect, test } from "vitest";

import type { AccountForm } from "./account.ts";
import { createDeployment } from "./deployment.ts";
import { createUserPool } from "./stage-user-pool.ts";
import { createClock } from "../aws/clock.ts";
import { decodeJwt } from "../../test/cognito.ts";
import { gate } from "../../test/gate.ts";

const signedIn = 1_796_000_000;

test.each<[account: AccountForm[], issuerHost: string, authTime: number]>([
  [["updated-issuer"], "issuer-cognito-idp.eu-west-1.amazonaws.com", signedIn],
  [["moving-auth-time"], "cognito-idp.eu-west-1.amazonaws.com", signedIn + 600],
])(
  "with --account %j, a refreshed token is of %s and its auth_time is %i",
  async (account, host, authTime) => {
    const clock = createClock(() => signedIn * 1000);
    const deployment = createDeployment(4280, gate);
    const pool = await createUserPool(deployment, gate, account, clock, () => undefined);
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
