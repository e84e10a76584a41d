import { parseArgs } from "node:util";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ofClient } from "@sst-gatehouse/blueprint/app-clients";
import { isProduction } from "@sst-gatehouse/blueprint/stages";

import { orUsageError, requireStage } from "../command-line.ts";
import { UsageError, type Command } from "../command.ts";
import { loadStageOutputs } from "../load-stage-outputs.ts";
import { loadClientSecret } from "./acceptance/client-secret.ts";
import { interruptedExitCode, watchInterruption } from "./acceptance/interruption.ts";
import { requireSuite, runSuite } from "./acceptance/run-suite.ts";
import { sweepUsers, withTemporaryUsers } from "./acceptance/temporary-users.ts";
import { verifyUserPool } from "./verify-user-pool.ts";

const usage = `Runs the acceptance suite against a deployed stage, as a client on the internet.

  gatehouse acceptance --stage <name> [--production-too]

It creates two users in the stage's user pool, one of them in the group admin, and deletes them afterwards. It skips the
tests that need what a deployed stage does not offer, and says why for each.

  --stage <name>     the name you gave to \`sst deploy --stage\`
  --production-too   needed for a production stage
  --help             this text
`;

const wanted = [
  ["plain", []],
  ["admin", ["admin"]],
] as const;

export const acceptance: Command = {
  usage,
  async run(args, context) {
    const { gate, stderr } = context;
    const { app } = gate;
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: {
          stage: { type: "string" },
          "production-too": { type: "boolean", default: false },
        },
      }),
    );
    const stage = requireStage(app.name, values.stage);
    if (isProduction(stage) && !values["production-too"]) {
      throw new UsageError(
        `${stage} is production, and the suite would create users in it and send it hundreds of requests; if you mean that, add --production-too`,
      );
    }
    requireSuite(context.root);
    const { region } = app;
    const ssm = new SSMClient({ region });
    const outputs = await loadStageOutputs({ app: app.name, stage, region, ssm });
    // The outputs also name endpoints: permission to write a parameter must not decide where a password is sent.
    const { clients } = outputs;
    const cognito = new CognitoIdentityProviderClient({ region });
    const pool = await verifyUserPool(gate, stage, outputs, cognito);
    const withSecret = async (name: "machine" | "web") => {
      const { id } = ofClient(clients, name);
      return { id, secret: await loadClientSecret(pool, app.name, stage, { name, id }) };
    };
    const machine = await withSecret("machine");
    const web = clients.spa === undefined ? await withSecret("web") : clients.web;
    const interruption = watchInterruption();
    try {
      await sweepUsers(pool, stage, stderr);
      const code = await withTemporaryUsers(pool, stage, "the suite", wanted, (users) => {
        const target = { ...outputs, clients: { ...clients, machine, web }, users };
        return runSuite(target, context, interruption.signal);
      });
      return interruption.signal.aborted ? interruptedExitCode : code;
    } finally {
      interruption.stop();
    }
  },
};
