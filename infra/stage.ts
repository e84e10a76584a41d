import { accountWideName } from "@sst-gatehouse/blueprint/account-wide-name";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { checkRegion } from "@sst-gatehouse/blueprint/region";
import { nodeRuntime } from "@sst-gatehouse/blueprint/node-runtime";
import { checkStageName } from "@sst-gatehouse/blueprint/stage-name";
import { resolveStage } from "@sst-gatehouse/blueprint/stages";

import { app, stages } from "../stages.ts";

checkStageName($app.name, $app.stage);
checkRegion(app.region);

/** What stages.ts says about the stage that is being deployed. */
export const stage = resolveStage(stages, $app.stage);
if ($dev && stage.production) {
  throw new Error(
    `stage "${stage.name}" is production: sst dev would put this machine in the place of its backend, and let the account take the backend's role. Nothing was changed. Use a stage of your own: sst dev --stage <your name>`,
  );
}

export const { region } = app;
export const { accountId } = aws.getCallerIdentityOutput();
export const { partition } = aws.getPartitionOutput();

/** Of guard and backend. */
export const runtime = nodeRuntime({ takesNode24: "NodeJS24dX" in aws.lambda.Runtime });

/** The one SSM prefix of this app and stage. */
export const prefix = parameterPrefix($app.name, $app.stage);

/** Begins the names that this account has only once. */
export const named = accountWideName($app.name, $app.stage, region);

/** What the CLI gives the stage's own provider: tags, and the account where one is set. */
const home: aws.ProviderArgs = $app.providers?.aws;

/** Lambda@Edge and what belongs to CloudFront live there, wherever the app does. */
export const usEast1 = new aws.Provider("UsEast1", {
  ...home,
  region: "us-east-1",
});
