import { createBackendFunction } from "./backend-function.ts";

/** What is protected: the Hono app. */
export const api = createBackendFunction("Api", {
  // SST's live bridge answers whole, and the runtime on a developer's machine has no response streams.
  handler: $dev
    ? "packages/functions/src/lambda-buffered.handler"
    : "packages/functions/src/lambda.handler",
  streaming: !$dev,
  own: true,
});
