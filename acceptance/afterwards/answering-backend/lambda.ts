import { createAnswer } from "../../../packages/functions/src/answer.ts";
import { writeLog } from "../../../packages/functions/src/log.ts";
import { parseSettings } from "../../../packages/functions/src/settings.ts";
import { createStreamingHandler } from "../../../packages/functions/src/streaming-handler.ts";
import { createAnsweringApp } from "./app.ts";

const app = createAnsweringApp(process.env);

/** The entry behind a Function URL that streams, as `packages/functions/src/lambda.ts` is. */
export const handler = createStreamingHandler({
  answer: createAnswer(app, writeLog, parseSettings(process.env).edgeRole),
  log: writeLog,
  runtime: awslambda,
});
