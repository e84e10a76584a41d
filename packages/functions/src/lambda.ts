import { createAnswer } from "./answer.ts";
import { createApp } from "./app.ts";
import { writeLog } from "./log.ts";
import { parseSettings } from "./settings.ts";
import { createStreamingHandler } from "./streaming-handler.ts";

const settings = parseSettings(process.env);
const answer = createAnswer(createApp(settings), writeLog, settings.edgeRole);

export const handler = createStreamingHandler({
  answer,
  log: writeLog,
  runtime: awslambda,
});
