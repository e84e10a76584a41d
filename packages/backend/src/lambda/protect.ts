import { protectMark } from "@sst-gatehouse/blueprint/api-function";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { createSigner, type Credentials } from "@sst-gatehouse/core/signer";
import { openRevocations } from "@sst-gatehouse/revocations/open-revocations";
import type { RequireValid } from "@sst-gatehouse/revocations/revocations";
import { Hono, type Schema } from "hono";

import type { AppEnv } from "../app-env.ts";
import { existingHandler, type ExistingHandler } from "../existing/existing-handler.ts";
import { writeLog } from "../log.ts";
import { createProtectedApp, type ProtectableEnv } from "../protected-app.ts";
import { parseSettings, type AppSettings } from "../settings.ts";
import { createAnswer, type AnswerEvent } from "./answer.ts";
import { createBufferedHandler, type BufferedHandler } from "./buffered-handler.ts";
import { createStreamingHandler, type StreamingHandler } from "./streaming-handler.ts";

export type { Caller } from "@sst-gatehouse/core/caller";
export type { AppEnv } from "../app-env.ts";
export { existingHandler, type ExistingHandlerEvent } from "../existing/existing-handler.ts";
export type { StreamingHandler } from "./streaming-handler.ts";
export { ownAuthorization, receivedBytes } from "../function-url-event.ts";

/**
 * Puts a Hono app behind the guard: `export const handler = protect(access, app)`. It streams its answers, or gives them
 * to Lambda whole where the stage's `streaming` is `"off"` and under `sst dev`; the type names the first form only.
 *
 * Before a route runs, the access rules are applied a second time, to the path as this backend reads it. The route finds
 * the caller at `c.get("caller")` and never sees the signer's session token. Answers are `private, no-store` unless a
 * route says otherwise; refusals, faults and unknown paths are answered with problems.
 *
 * @param access the same rules as the guard's.
 * @param app with all its routes: one that is added later is not served.
 * @throws {TypeError} while the module loads, naming the setting that is missing in the environment.
 */
export function protect<E extends ProtectableEnv, S extends Schema, P extends string>(
  access: AccessRules,
  app: Hono<E, S, P>,
): StreamingHandler;
export function protect<E extends ProtectableEnv, S extends Schema, P extends string>(
  access: AccessRules,
  app: Hono<E, S, P>,
): StreamingHandler | BufferedHandler {
  const settings = parseSettings(process.env);
  const answer = protectedAnswer(access, app, settings);
  if (settings.streaming === "off") return createBufferedHandler(answer);
  if (typeof awslambda === "undefined")
    throw new TypeError(
      "protect() streams its answers, which needs the global awslambda of Lambda's runtime. Where that is missing, set GATEHOUSE_STREAMING to off, or use protectBuffered().",
    );
  const neverEmpty = settings.streaming === "never-empty";
  return createStreamingHandler({ answer, log: writeLog, runtime: awslambda, neverEmpty });
}

/**
 * The same for a Function URL that has the invoke mode BUFFERED whatever the stage says: each answer goes out in one
 * piece of at most 6 MB.
 *
 * @throws {TypeError} as {@link protect} does.
 */
export function protectBuffered<E extends ProtectableEnv, S extends Schema, P extends string>(
  access: AccessRules,
  app: Hono<E, S, P>,
): BufferedHandler {
  return createBufferedHandler(protectedAnswer(access, app, parseSettings(process.env)));
}

/**
 * Puts a Lambda handler that already exists behind the guard. It is called with an event in payload format 2.0 and finds
 * the caller at `event.requestContext.authorizer.lambda.caller`. The invoke mode is BUFFERED, as for the handler itself.
 * To serve it at some paths of a Hono app, use {@link existingHandler} as a route.
 *
 * @throws {TypeError} as {@link protect} does, and for a handler that writes to a response stream.
 */
export function protectHandler(access: AccessRules, handler: ExistingHandler): BufferedHandler {
  return protectBuffered(access, new Hono<AppEnv>().all("*", existingHandler(handler)));
}

function protectedAnswer<E extends ProtectableEnv, S extends Schema, P extends string>(
  access: AccessRules,
  app: Hono<E, S, P>,
  settings: AppSettings,
): AnswerEvent {
  const requireValid = listOf(settings);
  const front = createProtectedApp(app, {
    access,
    settings,
    log: writeLog,
    ...(requireValid === undefined ? {} : { requireValid }),
  });
  return marked(createAnswer(front, writeLog, settings.edgeRole));
}

/** The stage's list of ended sign-ins, read when somebody has to be looked up. */
function listOf({ revocation }: AppSettings): RequireValid | undefined {
  if (revocation === undefined) return undefined;
  const { region, list, whenUnknown } = revocation;
  const now = (): number => Math.floor(Date.now() / 1000);
  const sign = createSigner({ credentials: roleCredentials, now, api: { service: "ssm", region } });
  return openRevocations({ region, name: list, whenUnknown, sign, now, log: writeLog });
}

/** Of the function's own role; asked for with each read, because an environment can outlive its first credentials. */
function roleCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_SESSION_TOKEN)
    throw new TypeError("the function has no role credentials");
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}

/** Puts {@link protectMark} into every bundle that calls this, and into no other. */
function marked(answer: AnswerEvent): AnswerEvent {
  return Object.assign(answer, { [Symbol.for(protectMark)]: true });
}
