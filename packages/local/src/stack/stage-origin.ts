import { origin } from "@sst-gatehouse/blueprint/cache-behavior";

import type { CloudFrontOptions } from "../aws/cloudfront/distribution.ts";
import type { Deployment, PlayedBackend } from "./deployment.ts";

/** How this stage's CloudFront speaks to the Function URL of a backend. */
export function stageOrigin(
  { stage }: Pick<Deployment, "stage">,
  { functionUrlHost }: PlayedBackend,
): CloudFrontOptions["origin"] {
  return {
    ...origin,
    domainName: functionUrlHost,
    readTimeoutSeconds: stage.originReadTimeoutSeconds,
    keepaliveTimeoutSeconds: stage.originKeepaliveSeconds,
  };
}
