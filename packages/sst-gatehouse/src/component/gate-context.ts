import { createRequire } from "node:module";

import { accountWideName } from "@sst-gatehouse/blueprint/account-wide-name";
import { checkRotation } from "@sst-gatehouse/blueprint/app-clients";
import { rotationUnknownTo } from "@sst-gatehouse/blueprint/aws-provider";
import { type Gate, gateOwner, stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { type NodeRuntime, nodeRuntime } from "@sst-gatehouse/blueprint/node-runtime";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { checkRegion } from "@sst-gatehouse/blueprint/region";
import { checkStageName } from "@sst-gatehouse/blueprint/stage-name";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

/** What each part of a gate has to know of the stage that is being deployed. */
export interface GateContext {
  /** What the parts belong to: the gate itself. */
  readonly parent: $util.Resource;
  /** Begins the logical name of each part. */
  readonly name: string;
  /** Begins what is named by app and stage: the app's name, and the gate's unless it is the app's only one. */
  readonly owner: string;
  readonly stage: Stage;
  readonly region: string;
  readonly accountId: $util.Output<string>;
  readonly partition: $util.Output<string>;
  /** The one SSM prefix of this gate and stage, without a trailing slash. */
  readonly prefix: string;
  /** Begins the names that this account has only once. */
  readonly named: string;
  /** Of guard and backends. */
  readonly runtime: NodeRuntime;
  /** Why no refresh token can rotate, as a clause; undefined where they can. */
  readonly noRotation: string | undefined;
}

/**
 * @param name of the gate, in Pascal case.
 * @throws {Error} for a stage that AWS would refuse or that is not to be deployed like this; nothing is registered then.
 */
export function createGateContext(
  name: string,
  { app, ...gate }: Pick<Gate, "app" | "access" | "stages" | "users">,
): Omit<GateContext, "parent"> {
  const { region } = app;
  const owner = gateOwner($app.name, name);
  checkStageName(owner, $app.stage);
  checkRegion(region);
  const stage = stageOfGate(gate, $app.stage);
  if ($dev && stage.production) {
    throw new Error(
      `stage "${stage.name}" is production: sst dev would put this machine in the place of its backend, and let the account take the backend's role. Nothing was changed. Use a stage of your own: sst dev --stage <your name>`,
    );
  }
  const noRotation = rotationUnknownTo(awsProviderOf($cli.paths.platform));
  checkRotation(stage, noRotation);
  if (stage.threatProtection !== "off" && noRotation !== undefined)
    throw new TypeError(
      `stages.ts: threatProtection needs Cognito's plan Plus, and ${noRotation}: change one of the two`,
    );
  return {
    name,
    owner,
    stage,
    region,
    accountId: aws.getCallerIdentityOutput().accountId,
    partition: aws.getPartitionOutput().partition,
    prefix: parameterPrefix(owner, $app.stage),
    named: accountWideName(owner, $app.stage, region),
    noRotation,
    runtime: nodeRuntime({ takesNode24: "NodeJS24dX" in aws.lambda.Runtime }),
  };
}

/** Of the platform that SST has installed. @param platform its folder. */
function awsProviderOf(platform: string): string {
  const { version }: { version: string } = createRequire(`${platform}/`)(
    "@pulumi/aws/package.json",
  );
  return version;
}
