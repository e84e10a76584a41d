import { responseHeaders } from "@gatehouse/blueprint/response-headers";

import { type Graph, resourcesOf } from "../graph.ts";
import { awsTypes } from "./aws-types.ts";
import { isAbsent, sameJson, toList, toObject } from "./json.ts";
import { inputOf } from "./resource-values.ts";
import { unmet, type Violation } from "./violation.ts";

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
    const differs = (what: string) =>
      `${what} differs from the blueprint, and browsers would be told less: take responseHeaders`;
    const removed = toList(toObject(inputOf(policy, "removeHeadersConfig"))["items"]);
    const names = toList(toObject(inputOf(policy, "customHeadersConfig"))["items"]).map((item) =>
      String(toObject(item)["header"]).toLowerCase(),
    );
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
        holds:
          isAbsent(inputOf(policy, "corsConfig")) &&
          !names.some((name) => name.startsWith("access-control-")),
        message:
          "sets CORS headers; they would admit origins that the stage does not list, or appear twice: take them away",
      },
      {
        rule: "headers-removed",
        holds: removed.length === 0,
        message:
          "takes headers away from answers of guard and backend, which callers wait for: take removeHeadersConfig away",
      },
    ]);
  });
}
