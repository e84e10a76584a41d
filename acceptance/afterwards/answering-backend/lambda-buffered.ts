import { createAnswer } from "../../../packages/functions/src/answer.ts";
import { createBufferedHandler } from "../../../packages/functions/src/buffered-handler.ts";
import { writeLog } from "../../../packages/functions/src/log.ts";
import { parseSettings } from "../../../packages/functions/src/settings.ts";
import { createAnsweringApp } from "./app.ts";

const app = createAnsweringApp(process.env);

/** The entry behind a Function URL that takes answers whole, as `packages/functions/src/lambda-buffered.ts` is. */
export const handler = createBufferedHandler(
  createAnswer(app, writeLog, parseSettings(process.env).edgeRole),
);
