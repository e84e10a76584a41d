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

/** Who is calling. A handler behind an HTTP API finds here what its Lambda authorizer returned. */
export interface CallerContext {
  readonly caller: Caller;
  /** The viewer's IP address, as `http.sourceIp` has it; absent for a caller that did not come through the guard. */
  readonly viewerAddress?: string;
}

/**
 * The event without the signer's session token, with the caller at `requestContext.authorizer.lambda`. `host`,
 * `domainName`, `sourceIp` and `x-forwarded-*` are those that the viewer has to do with, as behind a custom domain of API
 * Gateway.
 */
export type ExistingHandlerEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2WithAuthorizer<
    APIGatewayEventRequestContextIAMAuthorizer &
      APIGatewayEventRequestContextLambdaAuthorizer<CallerContext>
  >
>;

/** A handler for payload format 2.0 that returns its result or a promise of it. It takes a callback only to fit the type. */
export type ExistingHandler = (
  event: ExistingHandlerEvent,
  context: LambdaContext,
  callback: () => void,
) => unknown;

/** How Lambda's runtime recognises a handler that `awslambda.streamifyResponse` made. */
const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming");

/**
 * Makes a Lambda handler that already exists a route of a protected app: `app.all("/orders/*", existingHandler(handler))`.
 *
 * Its result is read as a BUFFERED Function URL reads it, and sent in one piece. What it throws becomes a 500.
 *
 * @throws {TypeError} for a handler that writes to a response stream.
 */
export function existingHandler(handler: ExistingHandler): Handler<AppEnv> {
  if (streamingMark in handler)
    throw new TypeError(
      "a handler made by awslambda.streamifyResponse cannot be called from a route: pass the function that it wraps, or write a route that returns a Response with a stream as its body",
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

/** With the version come all the parts that the type names; this package itself reads only a few. */
function isPayloadV2(
  event: FunctionUrlEvent & { readonly version?: unknown },
): event is FunctionUrlEvent & LambdaFunctionURLEventWithIAMAuthorizer {
  return event.version === "2.0";
}

/** @throws {TypeError} when the app is not protected, so that no caller was identified. */
function callerContext(c: Context<AppEnv>): CallerContext {
  // Without the middleware the variables are not set, whatever their type says.
  const { caller, viewerAddress }: Partial<AppEnv["Variables"]> = c.var;
  if (caller === undefined)
    throw new TypeError(
      "existingHandler() works only in an app that was given to protect() or protectBuffered()",
    );
  return { caller, ...(viewerAddress === undefined ? {} : { viewerAddress }) };
}

/** @throws {TypeError} when the app was called without a Lambda context, as a test may do. */
function lambdaContext(c: Context<AppEnv>): LambdaContext {
  const { lambdaContext: context } = c.env;
  if (context === undefined) throw new TypeError("the app was called without the Lambda context");
  return context;
}
