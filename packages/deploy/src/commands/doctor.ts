import { parseArgs } from "node:util";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { isProduction } from "@sst-gatehouse/blueprint/stages";

import { orUsageError, requireStage } from "../command-line.ts";
import { UsageError, type Command, type CommandContext } from "../command.ts";
import { loadStageOutputs } from "../load-stage-outputs.ts";
import { interruptedExitCode, watchInterruption } from "./acceptance/interruption.ts";
import { ask } from "./doctor/ask.ts";
import type { CheckRow } from "./doctor/check.ts";
import { createAwsClients } from "./doctor/aws-clients.ts";
import { createTrial } from "./doctor/create-trial.ts";
import { examineStage } from "./doctor/examine-stage.ts";
import { printRows } from "./doctor/report.ts";
import type { RevokedUserTrial } from "./doctor/revoked-user-trial.ts";
import { siteToCheck } from "./doctor/stage-under-check.ts";

const usage = `Looks at a deployed stage and says what is wrong with it, and the command that mends it.

  gatehouse doctor --stage <name> [--json] [--revoked-user [--production-too]]

  --stage <name>     the name you gave to \`sst deploy --stage\`
  --json             one line of JSON: {"checks": [{"id", "ok", "problem", "mend"}]}
  --revoked-user     also tries whether somebody who was signed out is refused, which takes a minute
  --production-too   needed with --revoked-user for a production stage
  --help             this text

It reads what AWS says of the stage's roles, functions, distribution, site, user pool, parameters and logs, and sends a
few requests as nobody: at the app, at its sign-in, at the sign-in page and at the bare Function URL. It changes nothing,
unless you say --revoked-user: then it creates a user in the stage's user pool, signs it in, ends that sign-in as
\`npx gatehouse users revoke\` does, and deletes the user; the list of ended sign-ins keeps the entry for 30 days. The exit code is
1 when something is wrong or could not be looked at. It takes the credentials of somebody who may read these things; for
what they may not, a row names the permission.
`;

export const doctor: Command = {
  usage,
  async run(args, context) {
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: {
          stage: { type: "string" },
          json: { type: "boolean", default: false },
          "revoked-user": { type: "boolean", default: false },
          "production-too": { type: "boolean", default: false },
        },
      }),
    );
    const name = requireStage(context.gate.app.name, values.stage);
    const revokedUser = values["revoked-user"];
    if (values["production-too"] && !revokedUser)
      throw new UsageError(
        "--production-too goes with --revoked-user; nothing else changes a stage",
      );
    if (revokedUser && isProduction(name) && !values["production-too"])
      throw new UsageError(
        `${name} is production, and --revoked-user would create a user in it; if you mean that, add --production-too`,
      );
    const rows = await examine(name, context, { revokedUser });
    if (rows === undefined) return interruptedExitCode;
    return printRows(rows, context.stdout, values.json);
  },
};

/**
 * Looks at a stage with the credentials of whoever runs the command; says on stderr what it looks at.
 *
 * @param options.revokedUser whether a user is made for it and signed out. Nothing is changed otherwise.
 * @returns undefined when that was interrupted; the user is gone then, too.
 * @throws {CommandError} (rejects) when the stage is not deployed, or its outputs cannot be read.
 */
export async function examine(
  name: string,
  context: CommandContext,
  { revokedUser }: { readonly revokedUser: boolean },
): Promise<readonly CheckRow[] | undefined> {
  const { gate, stderr } = context;
  const { app, access } = gate;
  const { region } = app;
  const clients = createAwsClients(region);
  const outputs = await loadStageOutputs({ app: app.name, stage: name, region, ssm: clients.ssm });
  const look = (trial?: RevokedUserTrial) =>
    examineStage({
      app,
      stage: stageOfGate(gate, name),
      access,
      outputs,
      site: siteToCheck(gate),
      clients,
      ask,
      trial,
      progress: (what) => stderr.write(`Looking at ${what} …\n`),
    });
  if (!revokedUser) return look();
  const interruption = watchInterruption();
  try {
    return await look(createTrial(name, outputs, context, interruption.signal));
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return undefined;
  } finally {
    interruption.stop();
  }
}
