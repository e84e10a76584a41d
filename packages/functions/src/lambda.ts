import { createAnswer } from "./answer.ts";
import { createApp } from "./app.ts";
import { writeLog } from "./log.ts";
import { parseSettings } from "./settings.ts";
import { createStreamingHandler } from "./streaming-handler.ts";

const app = createApp(parseSettings(process.env));

export const handler = createStreamingHandler({
  answer: createAnswer(app, writeLog),
  log: writeLog,
  runtime: awslambda,
});
