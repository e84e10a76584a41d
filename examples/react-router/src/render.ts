import { createRequestHandler, RouterContextProvider } from "react-router";
import type { Caller } from "sst-gatehouse";
import * as build from "virtual:react-router/server-build";

import { callerContext } from "../app/caller";

const handle = createRequestHandler(build, "production");

/** Answers a request. Loaders and actions find the caller in their context. */
export function render(request: Request, caller: Caller): Promise<Response> {
  return handle(request, new RouterContextProvider(new Map([[callerContext, caller]])));
}
