import { join } from "node:path";

import { defineStages } from "@sst-gatehouse/blueprint/stages";
import type { Adopted } from "@sst-gatehouse/local/stack";

/** An app whose backends read paths in their own way. */
export const adopted: Adopted = {
  app: { name: "attacked", region: "eu-central-1" },
  stages: defineStages({ default: {} }),
  accessFile: join(import.meta.dirname, "access.ts"),
  backendEntry: join(import.meta.dirname, "lambda.ts"),
};
