import { createAnswer } from "@sst-gatehouse/backend/answer";
import { writeLog } from "@sst-gatehouse/backend/log";
import { parseSettings } from "@sst-gatehouse/backend/settings";
import { createStreamingHandler } from "@sst-gatehouse/backend/streaming-handler";
import { createAnsweringApp } from "./app.ts";

const app = createAnsweringApp(process.env);

/** The entry behind a Function URL that streams, as `packages/functions/src/lambda.ts` is. */
export const handler = createStreamingHandler({
  answer: createAnswer(app, writeLog, parseSettings(process.env).edgeRole),
  log: writeLog,
  runtime: awslambda,
});
