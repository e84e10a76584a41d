import { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import { CommandError, type CommandContext } from "../../command.ts";
import { sweepUsers, withTemporaryUsers } from "../acceptance/temporary-users.ts";
import { revokeInStage } from "../users/revoke.ts";
import { verifyUserPool } from "../verify-user-pool.ts";
import type { RevokedUserTrial } from "./revoked-user-trial.ts";

/**
 * A user like those of the acceptance suite, in the stage's own user pool, signed out as `users revoke` does it.
 *
 * @param interrupted ends the waiting. What was made is deleted all the same.
 */
export function createTrial(
  stage: string,
  outputs: StageOutputs,
  context: CommandContext,
  interrupted: AbortSignal,
): RevokedUserTrial {
  const { region } = context.gate.app;
  const cognito = new CognitoIdentityProviderClient({ region });
  return {
    async withUser(groups, use) {
      const pool = await verifyUserPool(context.gate, stage, outputs, cognito);
      await sweepUsers(pool, stage, context.stderr);
      interrupted.throwIfAborted();
      return withTemporaryUsers(pool, stage, "doctor", [["doctor", groups]], async ([user]) => {
        if (user === undefined) throw new TypeError("one user was asked for");
        return use(user);
      });
    },
    async revoke(username) {
      let failure = "";
      const stderr = new Writable({
        write(chunk: Buffer, _encoding, done) {
          failure += chunk.toString();
          done();
        },
      });
      const stdout = new Writable({ write: (_chunk, _encoding, done) => done() });
      const code = await revokeInStage(
        { stage, username, disable: false },
        {
          context: { ...context, stdout, stderr },
          ssm: new SSMClient({ region }),
          cognito,
          wait: setTimeout,
        },
      );
      if (code !== 0) throw new CommandError(failure.trim());
    },
    wait: (ms) => setTimeout(ms, undefined, { signal: interrupted }),
  };
}
