import { parseArgs } from "node:util";

import { checkStageName } from "@sst-gatehouse/blueprint/stage-name";
import { accountForms, parseAccountForms, type AccountForm } from "@sst-gatehouse/local/account";

const defaultPort = 4280;

/** A personal stage like any other; it need not be deployed. */
const defaultStage = "from-deploy";

export const usage = `Runs the whole chain on this machine: CloudFront, the guard, the Function URL, the backend, Cognito.

  gatehouse start [--port <number>] [--json] [--account <list>]
  gatehouse start --from-deploy [--stage <name>] [--port <number>] [--json]

  --port <number>  the one public port, on 127.0.0.1 and ::1; 0 picks a free one (default ${defaultPort})
  --json           prints one line of JSON when ready, for scripts and tests; everything else goes to stderr
  --from-deploy    runs the code that \`sst deploy\` would upload, byte for byte, with the settings of this machine;
                   needs no AWS account; the first time, it installs SST's platform from npm (about a minute)
  --stage <name>   with --from-deploy: the stage whose code to run (default ${defaultStage})
  --account <list> plays an AWS account that differs: ${accountForms.join(", ")};
                   several are separated by commas
  --help           this text

Ctrl-C stops everything. Edits to a handler, to gate.ts or to a file that they import are reloaded, except with --from-deploy.
`;

export interface CommandLine {
  readonly port: number;
  readonly json: boolean;
  /** How the account that is played differs from the usual one. */
  readonly account: readonly AccountForm[];
  /** Runs the code of this stage's deployment; code built from source when absent. */
  readonly deployedStage?: string;
}

/**
 * @param app its name and the stage's must fit together.
 * @throws {TypeError} for an option that is unknown or malformed, saying which.
 */
export function parseCommandLine(args: readonly string[], app: string): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      json: { type: "boolean", default: false },
      "from-deploy": { type: "boolean", default: false },
      stage: { type: "string" },
      account: { type: "string" },
    },
  });
  const { json, port = String(defaultPort), stage = defaultStage } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new TypeError(`--port must be a number from 0 to 65535, not ${port}`);
  const account = values.account === undefined ? [] : parseAccountForms(values.account);
  if (!values["from-deploy"]) {
    if (values.stage !== undefined) throw new TypeError("--stage needs --from-deploy");
    return { port: Number(port), json, account };
  }
  checkStageName(app, stage);
  return { port: Number(port), json, account, deployedStage: stage };
}
