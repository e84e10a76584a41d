import serverless from "serverless-http";
import { type ExistingHandlerEvent, protect } from "sst-gatehouse/lambda";

import { access } from "../access";
import { app, type GuardedRequest } from "./app";

const handleEvent = serverless(app, {
  // Everything else is text to serverless-http.
  binary: ["text/csv"],
  request(request: GuardedRequest, event: ExistingHandlerEvent) {
    request.caller = event.requestContext.authorizer.lambda.caller;
  },
});

export const handler = protect(access, handleEvent);
