import { parseArgs } from "node:util";

import { SSMClient } from "@aws-sdk/client-ssm";
import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import { orUsageError, requireStage } from "../command-line.ts";
import type { Command } from "../command.ts";
import { createCimdPolicyCommand } from "./cimd-policy.ts";
import { loadStageOutputs } from "../load-stage-outputs.ts";

const usage = `Prints addresses and ids of a deployed stage.

  gatehouse outputs --stage <name> [--json]

  --stage <name>  the name you gave to \`sst deploy --stage\`
  --json          one line of JSON, what \`start --json\` prints, without the secrets
  --help          this text
`;

export const outputs: Command = {
  usage,
  async run(args, { gate, stdout }) {
    const { app } = gate;
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: { stage: { type: "string" }, json: { type: "boolean", default: false } },
      }),
    );
    const stage = requireStage(app.name, values.stage);
    const ssm = new SSMClient({ region: app.region });
    const loaded = await loadStageOutputs({ app: app.name, stage, region: app.region, ssm });
    const policy = createCimdPolicyCommand({
      app: app.name,
      stage: stageOfGate(gate, stage),
      outputs: loaded,
    });
    stdout.write(values.json ? `${JSON.stringify(loaded)}\n` : printOutputs(stage, loaded, policy));
    return 0;
  },
};

/** @param policy the command that makes Cognito's CIMD policy, where the stage needs one. */
export function printOutputs(
  stage: string,
  loaded: StageOutputs,
  policy: string | undefined,
): string {
  const { appUrl, signInUrl, functionUrl, region, edgeRegion, userPoolId, clients } = loaded;
  const ids = Object.entries(clients).map(([name, { id }]) => `  ${name.padEnd(12)} ${id}`);
  return [
    `Stage ${stage}, in ${region}; the guard in ${edgeRegion}`,
    "",
    `App           ${appUrl}`,
    `Sign in       ${signInUrl}`,
    `Function URL  ${functionUrl}  (IAM only: try it without a signature)`,
    `User pool     ${userPoolId}`,
    "",
    "App clients",
    ...ids,
    "",
    ...(policy === undefined
      ? []
      : ["Clients by documents need this once, with a current AWS CLI", `  ${policy}`, ""]),
  ].join("\n");
}
