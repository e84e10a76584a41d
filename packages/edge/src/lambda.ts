import type { Credentials } from "@sst-gatehouse/core/signer";

import { composeGuard, type LazyFiles } from "./compose.ts";
import { fromDataFile } from "./data-file.ts";
import { createLog } from "./log.ts";
import { orRefuseEverything } from "./refuse-everything.ts";

/** One line on stdout, which Lambda takes to CloudWatch as it is. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

const responses: LazyFiles["responses"] = () => require("./responses.cjs");

/** Made once per container. The files named here lie beside the bundle. */
export const handler = orRefuseEverything(
  () =>
    composeGuard({
      settings: fromDataFile("settings", require("./settings.json")),
      access: fromDataFile("access", require("./access.json")),
      sealing: fromDataFile("sealing", require("./sealing.json")),
      now: () => Math.floor(Date.now() / 1000),
      elapsed: () => performance.now(),
      log,
      credentials,
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

function credentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_SESSION_TOKEN)
    throw new TypeError("the guard has no role credentials");
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}
