import { createBackendFunction } from "./backend-function.ts";

/** What is protected: the Hono app. */
export const api = createBackendFunction("Api", {
  handler: "packages/functions/src/lambda.handler",
  // SST's live bridge answers whole, and the runtime on a developer's machine has no response streams.
  streaming: !$dev,
  own: true,
});
