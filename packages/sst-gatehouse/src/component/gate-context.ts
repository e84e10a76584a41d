import { accountWideName } from "@sst-gatehouse/blueprint/account-wide-name";
import { type Gate, gateOwner, stagesOf } from "@sst-gatehouse/blueprint/gate";
import { type NodeRuntime, nodeRuntime } from "@sst-gatehouse/blueprint/node-runtime";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { checkRegion } from "@sst-gatehouse/blueprint/region";
import { checkStageName } from "@sst-gatehouse/blueprint/stage-name";
import { resolveStage, type Stage } from "@sst-gatehouse/blueprint/stages";

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
}

/**
 * @param name of the gate, in Pascal case.
 * @throws {Error} for a stage that AWS would refuse or that is not to be deployed like this; nothing is registered then.
 */
export function createGateContext(
  name: string,
  { app, ...gate }: Pick<Gate, "app" | "stages">,
): Omit<GateContext, "parent"> {
  const { region } = app;
  const owner = gateOwner($app.name, name);
  checkStageName(owner, $app.stage);
  checkRegion(region);
  const stage = resolveStage(stagesOf(gate), $app.stage);
  if ($dev && stage.production) {
    throw new Error(
      `stage "${stage.name}" is production: sst dev would put this machine in the place of its backend, and let the account take the backend's role. Nothing was changed. Use a stage of your own: sst dev --stage <your name>`,
    );
  }
  return {
    name,
    owner,
    stage,
    region,
    accountId: aws.getCallerIdentityOutput().accountId,
    partition: aws.getPartitionOutput().partition,
    prefix: parameterPrefix(owner, $app.stage),
    named: accountWideName(owner, $app.stage, region),
    runtime: nodeRuntime({ takesNode24: "NodeJS24dX" in aws.lambda.Runtime }),
  };
}
