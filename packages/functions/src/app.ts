import type { AccessRules } from "@gatehouse/core/access";
import { Hono } from "hono";

import { access as rootAccess } from "../../../access.ts";
import { answerError } from "./answer-error.ts";
import type { AppEnv } from "./app-env.ts";
import { caller } from "./caller.ts";
import { cors } from "./cors.ts";
import { writeLog, type Log } from "./log.ts";
import { problemResponse } from "./problem.ts";
import { privateByDefault } from "./private-by-default.ts";
import { echo } from "./routes/echo.ts";
import { files } from "./routes/files.ts";
import { stream } from "./routes/stream.ts";
import type { AppSettings } from "./settings.ts";

export interface AppDeps {
  readonly access: AccessRules;
  readonly log: Log;
}

/** The backend that Gatehouse protects. Replace the routes; keep what stands before them. */
export function createApp(settings: AppSettings, deps: Partial<AppDeps> = {}): Hono<AppEnv> {
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

  app.get("/", (c) => c.json({ message: "Hello, world!", caller: c.get("caller") }));
  app.get("/me", (c) => c.json(c.get("caller")));
  app.get("/public/health", (c) => c.json({ ok: true }));
  // The same echo under each kind of rule.
  for (const path of ["/echo/*", "/public/echo/*", "/admin/echo/*"]) app.all(path, echo);
  app.get("/stream", stream);
  app.route("/files", files);
  app.get("/reports/daily", (c) => c.json({ report: "daily", readBy: c.get("caller") }));
  app.post("/reports/daily", (c) => c.json({ report: "daily", orderedBy: c.get("caller") }, 202));
  app.get("/admin/*", (c) => c.json({ area: "admin", path: c.req.path }));
  return app;
}
