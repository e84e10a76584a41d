import { protectBuffered } from "@sst-gatehouse/backend";

import { access } from "./access.ts";
import { app } from "./app.ts";

/** The entry behind a Function URL that takes each answer in one piece, as `packages/functions/src/lambda-buffered.ts` is. */
export const handler = protectBuffered(access, app);
