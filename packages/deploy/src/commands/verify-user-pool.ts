import {
  DescribeUserPoolCommand,
  type CognitoIdentityProviderClient,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { hostedOriginAt } from "@sst-gatehouse/blueprint/sign-in-url";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { orCommandError } from "../aws-failure.ts";
import { CommandError, type CommandContext } from "../command.ts";
import type { UserPool } from "./user-pool.ts";

/**
 * Makes sure that the outputs of a stage name the stage's own user pool and sign-in page. Permission to write that one
 * parameter must not decide whose users are changed, nor where passwords are sent: what `gate.ts` names decides, or the
 * pool's tags; and the pool's domain.
 *
 * @param client for the home region.
 * @returns the pool, which is the stage's.
 * @throws {CommandError} (rejects) saying what does not fit, or that AWS refuses.
 */
export async function verifyUserPool(
  gate: CommandContext["gate"],
  stageName: string,
  outputs: Pick<StageOutputs, "userPoolId" | "signInUrl">,
  client: CognitoIdentityProviderClient,
): Promise<UserPool> {
  const { app } = gate;
  const { userPoolId } = outputs;
  const { UserPool: pool = {} } = await orCommandError(
    `The user pool of stage ${stageName} cannot be read`,
    client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId })),
  );
  const why = whyNotOfStage({ app, stage: stageOfGate(gate, stageName) }, outputs, pool);
  if (why !== undefined) throw misfit(stageName, `the user pool ${userPoolId} ${why}`);
  return { userPoolId, region: app.region, client };
}

/** Why a pool is not the one that a stage of an app has, as the rest of a sentence about it; undefined where it is. */
export function whyNotOfStage(
  { app, stage }: { readonly app: CommandContext["gate"]["app"]; readonly stage: Stage },
  { userPoolId, signInUrl }: Pick<StageOutputs, "userPoolId" | "signInUrl">,
  { UserPoolTags: tags = {}, Domain, CustomDomain }: UserPoolType,
): string | undefined {
  const named = stage.userPoolId;
  if (named !== undefined && named !== userPoolId)
    return `is not ${named}, which gate.ts names for stage ${stage.name}`;
  if (named === undefined && (tags["sst:app"] !== app.name || tags["sst:stage"] !== stage.name))
    return `is not tagged as belonging to stage ${stage.name}; if others have made it, name it in gate.ts (users)`;
  // With the slash: whatever reads the address, nothing after it belongs to the host.
  return [CustomDomain, Domain].some(
    (domain) =>
      domain !== undefined &&
      domain !== "" &&
      signInUrl.startsWith(`${hostedOriginAt(domain, app.region)}/`),
  )
    ? undefined
    : "has another sign-in page than the outputs name";
}

/** What an error says of outputs that a deploy of the stage would not have written. */
export function misfit(stage: string, what: string): CommandError {
  return new CommandError(
    `The outputs of stage ${stage} do not belong to it: ${what}. Nothing was changed. Find out who wrote them, and deploy again: \`npx sst deploy --stage ${stage}\``,
  );
}
