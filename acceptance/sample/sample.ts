import { join } from "node:path";

import type { Adopted } from "@sst-gatehouse/local/stack";

import { app, stages } from "./stages.ts";

/** What an adopter would bring, for the suite alone: the repository's own files may say anything. */
export const sample: Adopted = {
  app,
  stages,
  accessFile: join(import.meta.dirname, "access.ts"),
  backendEntry: join(import.meta.dirname, "lambda.ts"),
};
