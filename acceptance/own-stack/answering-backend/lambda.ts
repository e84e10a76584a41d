import { protect } from "@sst-gatehouse/backend";

import { access } from "./access.ts";
import { app } from "./app.ts";

/** The entry behind a Function URL that streams, as `packages/functions/src/lambda.ts` is. */
export const handler = protect(access, app);
