import { protect } from "@sst-gatehouse/backend";
import { sampleAccess } from "@sst-gatehouse/backend/test/protected-app";

import { app } from "../src/app.ts";

/** As `src/lambda.ts`, under the tests' rules. */
export const handler = protect(sampleAccess, app);
