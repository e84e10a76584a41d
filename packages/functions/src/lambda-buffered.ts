import { protectBuffered } from "@sst-gatehouse/backend";

import { access } from "../../../access.ts";
import { app } from "./app.ts";

/** The entry for `sst dev`, which cannot stream. */
export const handler = protectBuffered(access, app);
