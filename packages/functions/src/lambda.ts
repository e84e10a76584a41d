import { protect } from "sst-gatehouse/hono";

import { access } from "../../../access.ts";
import { app } from "./app.ts";

export const handler = protect(access, app);
