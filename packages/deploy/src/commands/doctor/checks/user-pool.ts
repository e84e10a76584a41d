import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";

import { type Check, type Finding, unless } from "../check.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";

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
function checkOwn(
  { UserPoolTags: tags = {}, Domain }: UserPoolType,
  under: StageUnderCheck,
): readonly Finding[] {
  const { app, stage, region, outputs } = under;
  const wrong = [
    ...(tags["sst:app"] === app && tags["sst:stage"] === stage.name
      ? []
      : [`is not tagged as belonging to stage ${stage.name}`]),
    ...(Domain !== undefined &&
    outputs.signInUrl.startsWith(`https://${Domain}.auth.${region}.amazoncognito.com/`)
      ? []
      : ["has another sign-in page than the outputs name"]),
  ];
  return unless(
    wrong.length === 0,
    `the user pool ${outputs.userPoolId} of the stage's outputs ${wrong.join("; ")}`,
    `Find out who wrote the stage's parameters. Then: ${redeploy(under)}`,
  );
}

function checkSignUp(
  { AdminCreateUserConfig }: UserPoolType,
  under: StageUnderCheck,
): readonly Finding[] {
  const open = AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true;
  return unless(
    open === under.stage.selfSignUp,
    open
      ? "anybody on the internet may sign up, and then every `signed-in` rule admits them; stages.ts says that nobody may"
      : "nobody may sign up, though stages.ts says that people may (selfSignUp)",
    redeploy(under),
  );
}

/** The custom flow is the one that the clients leave open, because nothing stands behind it. */
function checkTriggers({ LambdaConfig }: UserPoolType, under: StageUnderCheck): readonly Finding[] {
  const { DefineAuthChallenge, CreateAuthChallenge, VerifyAuthChallengeResponse } =
    LambdaConfig ?? {};
  const found = [DefineAuthChallenge, CreateAuthChallenge, VerifyAuthChallengeResponse].filter(
    (arn) => (arn ?? "") !== "",
  );
  return unless(
    found.length === 0,
    `the user pool has triggers for a custom sign-in, so ${found.join(", ")} decides who gets in without a password`,
    redeploy(under),
  );
}

function checkProtected(
  { DeletionProtection }: UserPoolType,
  under: StageUnderCheck,
): readonly Finding[] {
  return unless(
    !under.stage.production || DeletionProtection === "ACTIVE",
    "the user pool of production can be deleted, with every account in it",
    redeploy(under),
  );
}
