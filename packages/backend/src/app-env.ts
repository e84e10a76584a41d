import type { Caller } from "@sst-gatehouse/core/caller";
import type { Context as LambdaContext } from "aws-lambda";

import type { FunctionUrlEvent } from "./function-url-event.ts";

/** What every route of a protected app finds in its Hono context: `new Hono<AppEnv>()`. */
export interface AppEnv {
  /** What Hono documents for Lambda, so that its `getConnInfo` and `ipRestriction` work. */
  Bindings: {
    /**
     * The event that became this request, without the signer's session token. Address, scheme and `sourceIp` are those
     * that the viewer has to do with, not those between CloudFront and Lambda.
     */
    readonly event: FunctionUrlEvent;
    readonly requestContext: FunctionUrlEvent["requestContext"];
    /** The second argument of every Lambda handler; absent when the caller is not a Lambda runtime. */
    readonly lambdaContext?: LambdaContext;
  };
  Variables: {
    /** Who is calling. The access rules have already allowed it. */
    caller: Caller;
    /** The viewer's IP address as the guard saw it; absent for a caller that did not come through the guard. */
    viewerAddress: string | undefined;
  };
}
