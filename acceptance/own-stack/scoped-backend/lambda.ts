import { protect } from "@sst-gatehouse/backend";
import { app } from "@sst-gatehouse/functions/app";

import { access } from "./access.ts";

export const handler = protect(access, app);
