import { parseArgs } from "node:util";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import { ofClient } from "@sst-gatehouse/blueprint/app-clients";
import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { isProduction } from "@sst-gatehouse/blueprint/stages";

import { orUsageError, requireStage } from "../command-line.ts";
import { UsageError, type Command } from "../command.ts";
import { loadStageOutputs } from "../load-stage-outputs.ts";
import { loadClientSecret } from "./acceptance/client-secret.ts";
import { interruptedExitCode, watchInterruption } from "./acceptance/interruption.ts";
import { hasSuite, runSuite } from "./acceptance/run-suite.ts";
import { sweepUsers, withTemporaryUsers } from "./acceptance/temporary-users.ts";
import { ask } from "./doctor/ask.ts";
import { examineGate } from "./doctor/examine-gate.ts";
import { printRows } from "./doctor/report.ts";
import { verifyUserPool } from "./verify-user-pool.ts";

const usage = `Tries a deployed stage as a client on the internet.

  gatehouse acceptance --stage <name> [--json]

  --stage <name>     the name you gave to \`sst deploy --stage\`
  --json             one line of JSON: {"checks": [{"id", "ok", "problem", "mend"}]}
  --production-too   needed for a production stage in Gatehouse's own repository
  --help             this text

It asks for no route of the app and creates no user: it tries whether the bare Function URL is locked, whether /.auth/* signs
people in and out as it should, and whether bad tokens and bad paths are refused with their codes. The exit code is 1 when
something is wrong.

In Gatehouse's own repository it runs the acceptance suite instead, which knows the routes of the sample. It creates two users
in the stage's user pool, one of them in the group admin, and deletes them afterwards. It skips the tests that need what a
deployed stage does not offer, and says why for each.
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
          json: { type: "boolean", default: false },
          "production-too": { type: "boolean", default: false },
        },
      }),
    );
    const stage = requireStage(app.name, values.stage);
    const { region } = app;
    const loadOutputs = () =>
      loadStageOutputs({ app: app.name, stage, region, ssm: new SSMClient({ region }) });
    const cognito = new CognitoIdentityProviderClient({ region });
    if (!hasSuite(context.root)) {
      const { access } = gate;
      const outputs = await loadOutputs();
      const of = stageOfGate(gate, stage);
      const rows = await examineGate({ stage: of, access, outputs, cognito, ask });
      return printRows(rows, context.stdout, values.json);
    }
    if (values.json)
      throw new UsageError("--json is for other apps; here the suite prints what vitest prints");
    if (isProduction(stage) && !values["production-too"]) {
      throw new UsageError(
        `${stage} is production, and the suite would create users in it and send it hundreds of requests; if you mean that, add --production-too`,
      );
    }
    const outputs = await loadOutputs();
    // The outputs also name endpoints: permission to write a parameter must not decide where a password is sent.
    const { clients } = outputs;
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
