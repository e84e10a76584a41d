import { apiFunction, invokeModeOf } from "@sst-gatehouse/blueprint/api-function";

import { type Graph, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { isAbsent } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/** No Function URL of the stage may be open: this is what everything else is for. */
export function checkFunctionUrls(graph: Graph): readonly Violation[] {
  return resourcesOf(graph, awsTypes.functionUrl).flatMap((url) =>
    unmet(url, [
      {
        rule: "function-url-auth",
        holds: inputOf(url, "authorizationType") === apiFunction.authType,
        message:
          "is not locked by AWS_IAM; anybody who learns its address calls the function without the guard: set authorization to iam",
      },
      {
        rule: "function-url-cors",
        holds: isAbsent(inputOf(url, "cors")),
        message:
          "answers CORS itself; Lambda would then answer preflights itself and send every CORS header a second time: set cors to false",
      },
      {
        rule: "function-url-qualifier",
        holds: isAbsent(inputOf(url, "qualifier")),
        message:
          "belongs to an alias; the guard's policy names the function itself, so AWS would refuse every call: take the qualifier away",
      },
    ]),
  );
}

/** The backend's own Function URL: the one that the guard signs for. */
export function checkBackendUrl({
  graph,
  stage,
  backend,
  functionUrl,
}: Chain): readonly Violation[] {
  const invokeMode = invokeModeOf(graph.dev ? "off" : stage.streaming);
  const actualMode = inputOf(functionUrl, "invokeMode") ?? "BUFFERED";
  return unmet(functionUrl, [
    {
      rule: "function-url-function",
      holds: inputOf(functionUrl, "functionName") === attributeOf(backend, "name"),
      message:
        "belongs to another function than the backend, so callers would reach that one: let SST create the URL of Api",
    },
    {
      rule: "function-url-mode",
      holds: actualMode === invokeMode,
      message:
        invokeMode === "BUFFERED"
          ? "streams; neither live debugging nor a stage with streaming off does, and answers would arrive wrapped in JSON: lock() sets streaming"
          : `is not in mode ${invokeMode}; the backend's handler streams, and callers would get the envelope in place of the answer: set streaming to true`,
    },
    {
      rule: "function-url-region",
      holds: functionUrl.region === graph.region && backend.region === graph.region,
      message: `is not in the stage's region ${graph.region}, which the guard signs for; AWS would refuse every call: create Api with the default provider`,
    },
  ]);
}
