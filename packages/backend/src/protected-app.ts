import type { AccessRules } from "@sst-gatehouse/core/access";
import type { RequireValid } from "@sst-gatehouse/revocations/revocations";
import { Hono, type Schema } from "hono";

import { answerError } from "./answer-error.ts";
import type { AppEnv } from "./app-env.ts";
import { caller } from "./caller.ts";
import { cors } from "./cors.ts";
import type { Log } from "./log.ts";
import { subjectOf } from "./log-subject.ts";
import { privateByDefault } from "./private-by-default.ts";
import { problemResponse } from "./problem.ts";
import type { AppSettings } from "./settings.ts";

/** What a protected app may ask of its context: {@link AppEnv} or less of it, and variables of its own. */
export interface ProtectableEnv {
  Bindings?: AppEnv["Bindings"];
  Variables?: object;
}

export interface ProtectedAppDeps {
  readonly access: AccessRules;
  readonly settings: AppSettings;
  readonly log: Log;
  /** Of the stage's list, where the settings name one. */
  readonly requireValid?: RequireValid;
}

/**
 * The app with everything that runs before its routes: the caller, the access rules, CORS, `private, no-store`, and
 * problems for refusals, faults and unknown paths.
 *
 * @param app with all its routes: one that is added later is not served. If it has an `onError` of its own, that answers
 *   for what its routes throw.
 */
export function createProtectedApp<E extends ProtectableEnv, S extends Schema, P extends string>(
  app: Hono<E, S, P>,
  { access, settings, log, requireValid }: ProtectedAppDeps,
): Hono<AppEnv> {
  const front = new Hono<AppEnv>();
  front.onError((error, c) => answerError(error, c.env.event, log, access));
  front.notFound((c) => {
    const { requestId } = subjectOf(c.env.event);
    return problemResponse({
      status: 404,
      code: "not_found",
      detail: "There is nothing here.",
      requestId,
    });
  });
  front.use(privateByDefault(), cors(settings.corsOrigins));
  front.use(
    caller({
      edgeRole: settings.edgeRole,
      access,
      ...(requireValid === undefined ? {} : { requireValid }),
    }),
  );
  front.route("/", app);
  return front;
}
