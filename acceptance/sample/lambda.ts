import { protect } from "@sst-gatehouse/backend";
import { app } from "@sst-gatehouse/functions/app";

import { access } from "./access.ts";

/** The routes of `packages/functions` under the suite's own rules. */
export const handler = protect(access, app);
