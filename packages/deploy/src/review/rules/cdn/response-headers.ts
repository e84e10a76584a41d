import { responseHeaders } from "@sst-gatehouse/blueprint/response-headers";

import { type Graph, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { isAbsent, sameJson, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

const knownInputs = new Set([
  "comment",
  "corsConfig",
  "customHeadersConfig",
  "name",
  "removeHeadersConfig",
  "securityHeadersConfig",
]);

/** What CloudFront adds to answers: the blueprint's security headers, and never CORS, which guard and backend decide. */
export function checkResponseHeaders(graph: Graph): readonly Violation[] {
  return resourcesOf(graph, awsTypes.responseHeadersPolicy).flatMap((policy) => {
    const security = toObject(inputOf(policy, "securityHeadersConfig"));
    const {
      includeSubdomains: _subdomains,
      preload: _preload,
      ...hsts
    } = toObject(security["strictTransportSecurity"]);
    const { strictTransportSecurity, contentTypeOptions, frameOptions, referrerPolicy } =
      responseHeaders;
    const unknown = Object.keys(policy.inputs).filter(
      (key) => !knownInputs.has(key) && !isAbsent(inputOf(policy, key)),
    );
    const differs = (what: string) =>
      `${what} differs from the blueprint, and browsers would be told less: take responseHeaders`;
    return unmet(policy, [
      {
        rule: "headers-hsts",
        holds: sameJson(hsts, {
          accessControlMaxAgeSec: strictTransportSecurity.maxAgeSeconds,
          override: strictTransportSecurity.override,
        }),
        message: differs("HSTS"),
      },
      {
        rule: "headers-nosniff",
        holds: sameJson(security["contentTypeOptions"], contentTypeOptions),
        message: differs("nosniff"),
      },
      {
        rule: "headers-frame",
        holds: sameJson(security["frameOptions"], {
          frameOption: frameOptions.value,
          override: frameOptions.override,
        }),
        message: differs("the frame option"),
      },
      {
        rule: "headers-referrer",
        holds: sameJson(security["referrerPolicy"], {
          referrerPolicy: referrerPolicy.value,
          override: referrerPolicy.override,
        }),
        message: differs("the referrer policy"),
      },
      {
        rule: "headers-cors",
        holds: isAbsent(inputOf(policy, "corsConfig")),
        message:
          "sets CORS headers; they would admit origins that the stage does not list, or appear twice: take corsConfig away",
      },
      {
        rule: "headers-removed",
        holds: isAbsent(inputOf(policy, "removeHeadersConfig")),
        message:
          "takes headers away from answers of guard and backend, which callers wait for: take removeHeadersConfig away",
      },
      {
        rule: "headers-custom",
        holds: isAbsent(inputOf(policy, "customHeadersConfig")),
        message:
          "adds its own headers to every answer, the guard's included; a Set-Cookie among them would replace everybody's session, and CORS headers would admit anybody: set headers in the backend",
      },
      {
        rule: "headers-setting",
        holds: unknown.length === 0,
        message: `sets ${unknown.join(", ")}, which has not been reviewed for what it tells callers: remove it`,
      },
    ]);
  });
}
