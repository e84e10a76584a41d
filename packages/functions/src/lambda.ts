import { createAnswer } from "@sst-gatehouse/backend/answer";
import { createApp } from "./app.ts";
import { writeLog } from "@sst-gatehouse/backend/log";
import { parseSettings } from "@sst-gatehouse/backend/settings";
import { createStreamingHandler } from "@sst-gatehouse/backend/streaming-handler";

const settings = parseSettings(process.env);
const answer = createAnswer(createApp(settings), writeLog, settings.edgeRole);

export const handler = createStreamingHandler({
  answer,
  log: writeLog,
  runtime: awslambda,
});
