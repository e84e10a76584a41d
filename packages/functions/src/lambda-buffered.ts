import { createAnswer } from "@sst-gatehouse/backend/answer";
import { createApp } from "./app.ts";
import { createBufferedHandler } from "@sst-gatehouse/backend/buffered-handler";
import { writeLog } from "@sst-gatehouse/backend/log";
import { parseSettings } from "@sst-gatehouse/backend/settings";

const settings = parseSettings(process.env);
const answer = createAnswer(createApp(settings), writeLog, settings.edgeRole);

/** The entry for `sst dev`, whose live bridge does not stream. */
export const handler = createBufferedHandler(answer);
