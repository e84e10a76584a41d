import {
  type AppEnv,
  type Caller,
  existingHandler,
  type ExistingHandlerEvent,
  protect as protectHono,
} from "@sst-gatehouse/backend";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { Hono } from "hono";

export type { Caller, ExistingHandlerEvent };
export { ownAuthorization } from "@sst-gatehouse/backend";

/**
 * Puts a Lambda handler that already exists behind the guard: `export const handler = protect(access, handler)`. It is
 * called with an event in payload format 2.0, and finds the caller at `event.requestContext.authorizer.lambda.caller`.
 *
 * @param access the same rules as the guard's.
 * @throws {TypeError} while the module loads, naming the setting that is missing in the environment; and for a handler
 *   that writes to a response stream.
 */
export function protect(
  access: AccessRules,
  handler: Parameters<typeof existingHandler>[0],
): ReturnType<typeof protectHono> {
  return protectHono(access, new Hono<AppEnv>().all("*", existingHandler(handler)));
}
