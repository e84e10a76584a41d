import { type AppEnv, ownAuthorization as ofEvent } from "@sst-gatehouse/backend";

export {
  type AppEnv,
  type Caller,
  existingHandler,
  type ExistingHandlerEvent,
  protect,
  protectBuffered,
  receivedBytes,
} from "@sst-gatehouse/backend";

/**
 * A sender's own `Authorization`, under a rule with `authorization: "own"`; `undefined` under every other rule, and where
 * the sender has none or a token of this app. No header of the request has it.
 *
 * It is nobody's word but the sender's: compare it in constant time (`timingSafeEqual`), or verify it, before you act.
 *
 * @param c the context of a route of a protected app.
 */
export function ownAuthorization(c: {
  readonly env: Pick<AppEnv["Bindings"], "event">;
}): string | undefined {
  return ofEvent(c.env.event);
}
