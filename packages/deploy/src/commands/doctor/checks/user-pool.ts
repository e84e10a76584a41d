import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";

import { type Check, type Finding, unless } from "../check.ts";
import { whyNotOfStage } from "../../verify-user-pool.ts";
import { hasOwnPool, redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** Who gets into the user pool, and whether it is the stage's own. */
export function userPoolChecks(under: StageUnderCheck): readonly Check[] {
  const check = (
    id: string,
    judge: (pool: UserPoolType, under: StageUnderCheck) => readonly Finding[],
  ) => ({ id, find: async () => judge(await under.userPool(), under) });
  return [
    check("pool-own", checkOwn),
    check("pool-sign-up", checkSignUp),
    check("pool-triggers", checkTriggers),
    check("pool-protected", checkProtected),
  ];
}

/** Where `users` and `acceptance` send passwords; they refuse for the same reasons. */
function checkOwn(pool: UserPoolType, under: StageUnderCheck): readonly Finding[] {
  const { app, stage, outputs } = under;
  const wrong = whyNotOfStage({ app: { name: app, region: under.region }, stage }, outputs, pool);
  return unless(
    wrong === undefined,
    `the user pool ${outputs.userPoolId} of the stage's outputs ${wrong}`,
    `Find out who wrote the stage's parameters. Then: ${redeploy(under)}`,
  );
}

function checkSignUp(pool: UserPoolType, under: StageUnderCheck): readonly Finding[] {
  const open = pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true;
  const own = hasOwnPool(pool, under);
  return unless(
    open ? under.stage.selfSignUp : !own || !under.stage.selfSignUp,
    open
      ? "anybody on the internet may sign up, and then every `signed-in` rule admits them; stages.ts says that nobody may"
      : "nobody may sign up, though stages.ts says that people may (selfSignUp)",
    own
      ? redeploy(under)
      : "Close the sign-up of the pool where it is made. Or say selfSignUp in stages.ts, and deploy.",
  );
}

/** The custom flow is the one that the clients leave open, because nothing stands behind it. */
function checkTriggers(pool: UserPoolType, under: StageUnderCheck): readonly Finding[] {
  const { DefineAuthChallenge, CreateAuthChallenge, VerifyAuthChallengeResponse } =
    pool.LambdaConfig ?? {};
  const found = [DefineAuthChallenge, CreateAuthChallenge, VerifyAuthChallengeResponse].filter(
    (arn) => (arn ?? "") !== "",
  );
  const own = hasOwnPool(pool, under);
  const { spaClient, implicitGrant } = under.stage;
  return unless(
    found.length === 0 || (!own && !spaClient && !implicitGrant),
    `the user pool has triggers for a custom sign-in, so ${found.join(", ")} decides who gets in without a password`,
    own
      ? redeploy(under)
      : "Take spaClient and implicitGrant out of stages.ts, and deploy: only clients without a secret open that sign-in to everybody.",
  );
}

function checkProtected(pool: UserPoolType, under: StageUnderCheck): readonly Finding[] {
  return unless(
    !under.stage.production || pool.DeletionProtection === "ACTIVE" || !hasOwnPool(pool, under),
    "the user pool of production can be deleted, with every account in it",
    redeploy(under),
  );
}
