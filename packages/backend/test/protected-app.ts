import { defineAccess, type AccessRules } from "@sst-gatehouse/core/access";
import type { RequireValid } from "@sst-gatehouse/revocations/revocations";
import type { Hono, Schema } from "hono";

import type { AppEnv } from "../src/app-env.ts";
import type { LogLine } from "../src/log.ts";
import { createProtectedApp, type ProtectableEnv } from "../src/protected-app.ts";
import { settings } from "./events.ts";

/** Rules of the tests' own: an adopter's `access.ts` says something else. */
export const sampleAccess = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
    "/jobs/*": { scopes: ["api/read"] },
    "/reports/*": { groups: ["admin"], scopes: ["api/read"] },
    "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
  },
});

/** An app with everything that `protect` puts before its routes, and the lines that it logs. */
export function protectedApp<E extends ProtectableEnv, S extends Schema, P extends string>(
  app: Hono<E, S, P>,
  access: AccessRules = sampleAccess,
  requireValid?: RequireValid,
): { app: Hono<AppEnv>; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log = (line: LogLine) => void lines.push(line);
  return {
    app: createProtectedApp(app, { access, settings, log, ...(requireValid && { requireValid }) }),
    lines,
  };
}
