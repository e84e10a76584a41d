import { createAnswer } from "@sst-gatehouse/backend/answer";
import { createBufferedHandler } from "@sst-gatehouse/backend/buffered-handler";
import { writeLog } from "@sst-gatehouse/backend/log";
import { parseSettings } from "@sst-gatehouse/backend/settings";
import { createAnsweringApp } from "./app.ts";

const app = createAnsweringApp(process.env);

/** The entry behind a Function URL that takes answers whole, as `packages/functions/src/lambda-buffered.ts` is. */
export const handler = createBufferedHandler(
  createAnswer(app, writeLog, parseSettings(process.env).edgeRole),
);
