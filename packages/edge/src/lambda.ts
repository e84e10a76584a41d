import { readFileSync } from "node:fs";

import { composeGuard, type LazyFiles } from "./compose.ts";
import { fromDataFile } from "./data-file.ts";
import { createLog } from "./log.ts";
import { once } from "./once.ts";
import { orRefuseEverything } from "./refuse-everything.ts";
import { createRoleCredentials } from "./role-credentials.ts";

/** One line on stdout, which Lambda takes to CloudWatch as it is. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

/** Kept here: asking Node for a file that it has loaded takes longer than reading a bad token. */
const responses: LazyFiles["responses"] = once(() => require("./responses.cjs"));

/** Quicker than `require`, which keeps what it has read. @throws {Error} where there is no such file. */
const textOf = (file: string): string => readFileSync(`${__dirname}/${file}`, "utf8");

/** Made once per container. The files named here lie beside the bundle. */
export const handler = orRefuseEverything(
  () =>
    composeGuard({
      settings: fromDataFile("settings", textOf("settings.json")),
      access: fromDataFile("access", textOf("access.json")),
      sealing: fromDataFile("sealing", textOf("sealing.json")),
      now: () => Math.floor(Date.now() / 1000),
      elapsed: () => performance.now(),
      log,
      credentials: createRoleCredentials(process.env),
      files: {
        responses,
        network: () => require("./fetch-key-set.cjs"),
        parameterStore: () => require("./parameters.cjs"),
        stageRevocations: () => require("./stage-revocations.cjs"),
        browserHalf: () => require("./sessions.cjs"),
        protectedResource: () => require("./resource.cjs"),
      },
    }),
  responses,
  log,
  console.error,
);

// Refusals are errors, and the log names them without a stack: taking one costs more than judging a bad token.
Error.stackTraceLimit = 0;
