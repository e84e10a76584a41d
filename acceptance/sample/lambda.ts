import { createAnswer } from "@sst-gatehouse/backend/answer";
import { writeLog } from "@sst-gatehouse/backend/log";
import { parseSettings } from "@sst-gatehouse/backend/settings";
import { createStreamingHandler } from "@sst-gatehouse/backend/streaming-handler";
import { createApp } from "@sst-gatehouse/functions/app";

import { access } from "./access.ts";

const settings = parseSettings(process.env);

/** The routes of `packages/functions` under the suite's own rules. */
export const handler = createStreamingHandler({
  answer: createAnswer(createApp(settings, { access }), writeLog, settings.edgeRole),
  log: writeLog,
  runtime: awslambda,
});
