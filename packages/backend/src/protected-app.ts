import type { AccessRules } from "@sst-gatehouse/core/access";
import { Hono } from "hono";

import { access as rootAccess } from "../../../access.ts";
import { answerError } from "./answer-error.ts";
import type { AppEnv } from "./app-env.ts";
import { caller } from "./caller.ts";
import { cors } from "./cors.ts";
import { writeLog, type Log } from "./log.ts";
import { privateByDefault } from "./private-by-default.ts";
import { problemResponse } from "./problem.ts";
import type { AppSettings } from "./settings.ts";

export interface ProtectedAppDeps {
  readonly access: AccessRules;
  readonly log: Log;
}

/**
 * An app without routes, and with everything that stands before them: who is calling, the access rules, CORS, answers
 * that nobody keeps, refusals as problems. Each function behind the guard begins with one.
 */
export function createProtectedApp(
  settings: AppSettings,
  deps: Partial<ProtectedAppDeps> = {},
): Hono<AppEnv> {
  const { access = rootAccess, log = writeLog } = deps;
  const app = new Hono<AppEnv>();
  app.onError((error, c) => answerError(error, c.env.event, log));
  app.notFound((c) => {
    const { requestId } = c.env.event.requestContext;
    return problemResponse({
      status: 404,
      code: "not_found",
      detail: "There is nothing here.",
      requestId,
    });
  });
  app.use(privateByDefault(), cors(settings.corsOrigins));
  app.use(caller({ edgeRole: settings.edgeRole, access }));
  return app;
}
