import { origin } from "@sst-gatehouse/blueprint/cache-behavior";

import type { CloudFrontOptions } from "../aws/cloudfront/distribution.ts";
import type { Deployment } from "./deployment.ts";

/** How this stage's CloudFront speaks to its Function URL. */
export function stageOrigin({ functionUrlHost, stage }: Deployment): CloudFrontOptions["origin"] {
  return {
    ...origin,
    domainName: functionUrlHost,
    readTimeoutSeconds: stage.originReadTimeoutSeconds,
    keepaliveTimeoutSeconds: stage.originKeepaliveSeconds,
  };
}
