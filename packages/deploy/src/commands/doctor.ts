import { parseArgs } from "node:util";

import { resolveStage } from "@sst-gatehouse/blueprint/stages";

import { access } from "../../../../access.ts";
import { stages } from "../../../../stages.ts";
import { orUsageError, requireStage } from "../command-line.ts";
import type { Command, CommandContext } from "../command.ts";
import { loadStageOutputs } from "../load-stage-outputs.ts";
import { ask } from "./doctor/ask.ts";
import type { CheckRow } from "./doctor/check.ts";
import { createAwsClients } from "./doctor/aws-clients.ts";
import { examineStage } from "./doctor/examine-stage.ts";
import { reportOf } from "./doctor/report.ts";

const usage = `Looks at a deployed stage and says what is wrong with it, and the command that mends it.

  pnpm run doctor --stage <name> [--json]

  --stage <name>  the name you gave to \`sst deploy --stage\`
  --json          one line of JSON: {"checks": [{"id", "ok", "problem", "mend"}]}; use \`pnpm --silent\` for nothing else
  --help          this text

It reads what AWS says of the stage's roles, functions, distribution, user pool, parameters and logs, and sends four
requests as nobody: at the app, at its sign-in, at the sign-in page and at the bare Function URL. It changes nothing. The
exit code is 1 when something is wrong or could not be looked at. It takes the credentials of somebody who may read
these things; for what they may not, a row names the permission.
`;

/** Why there is no row for it. */
const notTried =
  "Not tried: a request of somebody who was signed out. It needs a password and changes the list of ended sign-ins; try it with `pnpm users revoke` on a user of your own.";

export const doctor: Command = {
  usage,
  async run(args, context) {
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: { stage: { type: "string" }, json: { type: "boolean", default: false } },
      }),
    );
    const name = requireStage(context.app.name, values.stage);
    const rows = await examine(name, context);
    context.stderr.write(`${notTried}\n`);
    context.stdout.write(values.json ? `${JSON.stringify({ checks: rows })}\n` : reportOf(rows));
    return rows.every(({ ok }) => ok) ? 0 : 1;
  },
};

/**
 * Looks at a stage with the credentials of whoever runs the command; says on stderr what it looks at.
 *
 * @throws {CommandError} (rejects) when the stage is not deployed, or its outputs cannot be read.
 */
export async function examine(
  name: string,
  { app, stderr }: Pick<CommandContext, "app" | "stderr">,
): Promise<readonly CheckRow[]> {
  const clients = createAwsClients(app.region);
  const { region } = app;
  const outputs = await loadStageOutputs({ app: app.name, stage: name, region, ssm: clients.ssm });
  return examineStage({
    app,
    stage: resolveStage(stages, name),
    access,
    outputs,
    clients,
    ask,
    progress: (what) => stderr.write(`Looking at ${what} …\n`),
  });
}
