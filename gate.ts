import { defineGate } from "sst-gatehouse";

import { access } from "./access.ts";
import { app, stages } from "./stages.ts";

/** What `sst.config.ts` deploys and `pnpm start` plays. */
export const gate = defineGate({
  app,
  access,
  stages,
  backends: { api: { handler: "packages/functions/src/lambda.handler" } },
});
