import { expect, test } from "vitest";

import { adopted } from "../../test/adopted.ts";
import { createDeployment } from "./deployment.ts";
import { stageOrigin } from "./stage-origin.ts";

test("CloudFront speaks to the Function URL as the stage says", () => {
  const deployment = createDeployment(4280, adopted, {
    originReadTimeoutSeconds: 120,
    originKeepaliveSeconds: 60,
  });
  expect(stageOrigin(deployment)).toEqual({
    protocol: "https",
    domainName: deployment.functionUrlHost,
    port: 443,
    sslProtocols: ["TLSv1.2"],
    connectionAttempts: 3,
    connectionTimeoutSeconds: 10,
    readTimeoutSeconds: 120,
    keepaliveTimeoutSeconds: 60,
  });
});
