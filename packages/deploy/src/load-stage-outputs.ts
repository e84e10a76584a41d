import { GetParameterCommand, ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { explainAwsFailure } from "./aws-failure.ts";
import { CommandError } from "./command.ts";
import { parseStageOutputs } from "./stage-outputs.ts";

export interface StageAddress {
  readonly app: string;
  readonly stage: string;
  /** Home region of the app. */
  readonly region: string;
  /** A client for that region. */
  readonly ssm: SSMClient;
}

/**
 * Loads what a deploy of the stage wrote to Parameter Store.
 *
 * @throws {CommandError} (rejects) when the stage is not deployed there, when AWS refuses or cannot be reached, and when
 *   the parameter holds something else.
 */
export async function loadStageOutputs({
  app,
  stage,
  region,
  ssm,
}: StageAddress): Promise<StageOutputs> {
  const name = `${parameterPrefix(app, stage)}/${parameterNames.outputs}`;
  const text = await loadText(name, ssm).catch((error: unknown) => {
    if (error instanceof ParameterNotFound) {
      throw new CommandError(
        `Stage ${stage} has not been deployed to this account in ${region}: there is no parameter ${name}. Run \`npx sst deploy --stage ${stage}\`, or use the credentials of the stage's account.`,
      );
    }
    throw new CommandError(
      `The outputs of stage ${stage} cannot be read: ${explainAwsFailure(error)}`,
      {
        cause: error,
      },
    );
  });
  try {
    return parseStageOutputs(text);
  } catch (error) {
    const why = messageOf(error);
    throw new CommandError(
      `The parameter ${name} is not what a deploy writes: ${why}. Deploy the stage again: \`npx sst deploy --stage ${stage}\``,
    );
  }
}

async function loadText(name: string, ssm: SSMClient): Promise<string> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
  return Parameter?.Value ?? "";
}
