import { defineGate } from "@sst-gatehouse/blueprint/gate";
import type { Project } from "@sst-gatehouse/blueprint/project";

import { access } from "./access.ts";

/** An app whose backends read paths in their own way. */
export const attacked: Project = {
  root: import.meta.dirname,
  gate: defineGate({
    app: { name: "attacked", region: "eu-central-1" },
    access,
    backends: { api: { handler: "lambda.handler" } },
  }),
};
