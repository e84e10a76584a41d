import { protect } from "sst-gatehouse/hono";

import { access } from "../access";
import { app } from "./app";

export const handler = protect(access, app);
