import type { Caller } from "@sst-gatehouse/core/caller";
import type { Context as LambdaContext } from "aws-lambda";

import type { FunctionUrlEvent } from "./function-url-event.ts";

/** What every route finds in its Hono context. */
export interface AppEnv {
  Bindings: {
    /** The event that became this request, without the signer's session token. */
    readonly event: FunctionUrlEvent;
    /** What Lambda calls every handler with beside the event; absent where no Lambda runtime called. */
    readonly lambdaContext?: LambdaContext;
  };
  Variables: {
    /** Who is calling, after the access rules were applied. */
    caller: Caller;
    /** The viewer's IP address as the edge saw it; absent for a caller that did not come through the edge. */
    viewerAddress: string | undefined;
  };
}
