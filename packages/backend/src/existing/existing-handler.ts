import type { Caller } from "@sst-gatehouse/core/caller";
import type {
  APIGatewayEventRequestContextIAMAuthorizer,
  APIGatewayEventRequestContextLambdaAuthorizer,
  APIGatewayEventRequestContextV2WithAuthorizer,
  APIGatewayProxyEventV2WithRequestContext,
  Context as LambdaContext,
  LambdaFunctionURLEventWithIAMAuthorizer,
} from "aws-lambda";
import type { Context, Handler } from "hono";

import type { AppEnv } from "../app-env.ts";
import { fromHandlerResult } from "./existing-handler-result.ts";
import type { FunctionUrlEvent } from "../function-url-event.ts";

/** Who is calling, where a handler behind an HTTP API finds what its Lambda authorizer returned. */
export interface CallerContext {
  readonly caller: Caller;
  /** The viewer's IP address; `http.sourceIp` is CloudFront's. Absent for a caller that did not come through the edge. */
  readonly viewerAddress?: string;
}

/** The event as Lambda made it, less the signer's session token, with the caller at `requestContext.authorizer.lambda`. */
export type ExistingHandlerEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2WithAuthorizer<
    APIGatewayEventRequestContextIAMAuthorizer &
      APIGatewayEventRequestContextLambdaAuthorizer<CallerContext>
  >
>;

/** A handler for payload format 2.0 that answers by its promise. The callback is there for its type only. */
export type ExistingHandler = (
  event: ExistingHandlerEvent,
  context: LambdaContext,
  callback: () => void,
) => unknown;

/** How Lambda's runtime tells the handlers that `awslambda.streamifyResponse` has made. */
const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming");

/**
 * Puts a Lambda handler that already exists behind `caller()`: `app.all("*", existingHandler(handler))`.
 *
 * The answer is sent in one piece, with the rules of a BUFFERED Function URL. What the handler throws is a 500 of ours.
 *
 * @throws {TypeError} for a handler that writes to a response stream.
 */
export function existingHandler(handler: ExistingHandler): Handler<AppEnv> {
  if (streamingMark in handler)
    throw new TypeError(
      "a handler made by awslambda.streamifyResponse cannot be called from a route: give the handler that it wraps, or answer with a Response whose body is a stream",
    );
  return async (c) =>
    fromHandlerResult(await handler(eventWithCaller(c), lambdaContext(c), () => {}));
}

/** A copy, because wrappers are known to write into the event. */
function eventWithCaller(c: Context<AppEnv>): ExistingHandlerEvent {
  const { event } = c.env;
  if (!isPayloadV2(event)) throw new TypeError("the event is not in payload format 2.0");
  const { requestContext } = event;
  return {
    ...event,
    requestContext: {
      ...requestContext,
      authorizer: { ...requestContext.authorizer, lambda: callerContext(c) },
    },
  };
}

/** Lambda writes the version beside all the parts that its type names; this package reads a few of them only. */
function isPayloadV2(
  event: FunctionUrlEvent & { readonly version?: unknown },
): event is FunctionUrlEvent & LambdaFunctionURLEventWithIAMAuthorizer {
  return event.version === "2.0";
}

/** @throws {TypeError} when the route does not stand behind `caller()`: nobody was identified. */
function callerContext(c: Context<AppEnv>): CallerContext {
  // Without the middleware the variables are not set, whatever their type says.
  const { caller, viewerAddress }: Partial<AppEnv["Variables"]> = c.var;
  if (caller === undefined) throw new TypeError("existingHandler belongs behind caller()");
  return { caller, ...(viewerAddress === undefined ? {} : { viewerAddress }) };
}

/** @throws {TypeError} when the app was called without it, as a test may do. */
function lambdaContext(c: Context<AppEnv>): LambdaContext {
  const { lambdaContext: context } = c.env;
  if (context === undefined) throw new TypeError("the app was called without the Lambda context");
  return context;
}
