import { defineGate } from "@sst-gatehouse/blueprint/gate";

import { access } from "./access.ts";
import { app, stages } from "./stages.ts";

/** What an adopter would bring, for the suite alone: the repository's own files may say anything. */
export const gate = defineGate({
  app,
  access,
  stages,
  backends: { api: { handler: "lambda.handler" } },
});
