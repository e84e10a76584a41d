import { createAnswer } from "./answer.ts";
import { createApp } from "./app.ts";
import { createBufferedHandler } from "./buffered-handler.ts";
import { writeLog } from "./log.ts";
import { parseSettings } from "./settings.ts";

const settings = parseSettings(process.env);
const answer = createAnswer(createApp(settings), writeLog, settings.edgeRole);

/** The entry for `sst dev`, whose live bridge does not stream. */
export const handler = createBufferedHandler(answer);
