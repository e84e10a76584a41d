import { parseArgs } from "node:util";

import { LambdaClient } from "@aws-sdk/client-lambda";
import { SSMClient } from "@aws-sdk/client-ssm";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";

import { orUsageError, requireStage } from "../command-line.ts";
import type { Command } from "../command.ts";
import { runSweep } from "./sweep/run-sweep.ts";

const usage = `Deletes what removals leave, and what AWS keeps of guards that are no longer used.

  gatehouse sweep [--stage <name>] [--yes]

A guard runs as replicas all over the world, and AWS releases them only hours after a deploy or a removal has finished. So
deploys and removals leave old guards behind on purpose, and this deletes them: versions older than the one a stage
uses, and all that is left of removed stages. It lists what it would delete and, in a terminal, asks first. It never
touches the version that a stage uses. It also keeps newer versions and functions, which a failed deploy may have left for
the next one, and functions that look unused but were changed in the last hour: a deploy may be running.

A list of ended sign-ins that was too long for one parameter has others, which no removal knows of. They go with the guard
of a removed stage, or once the stage is named.

  --stage <name>  looks at this stage only (default: all stages of this app in this account)
  --yes           deletes without asking
  --help          this text
`;

export const sweep: Command = {
  usage,
  run(args, context) {
    const { app } = context.gate;
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: { stage: { type: "string" }, yes: { type: "boolean", default: false } },
      }),
    );
    const only = values.stage === undefined ? undefined : requireStage(app.name, values.stage);
    return runSweep(
      { only, yes: values.yes },
      {
        context,
        lambda: new LambdaClient({ region: guardFunction.region }),
        ssm: new SSMClient({ region: app.region }),
        now: () => Math.floor(Date.now() / 1000),
      },
    );
  },
};
