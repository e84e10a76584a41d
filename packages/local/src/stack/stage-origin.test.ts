import { expect, test } from "vitest";

import { gate } from "../../test/gate.ts";
import { createDeployment } from "./deployment.ts";
import { stageOrigin } from "./stage-origin.ts";

test("CloudFront speaks to the Function URL as the stage says", () => {
  const deployment = createDeployment(4280, gate, {
    originReadTimeoutSeconds: 120,
    originKeepaliveSeconds: 60,
  });
  const [backend] = deployment.backends;
  expect(stageOrigin(deployment, backend)).toEqual({
    protocol: "https",
    domainName: backend.functionUrlHost,
    port: 443,
    sslProtocols: ["TLSv1.2"],
    connectionAttempts: 3,
    connectionTimeoutSeconds: 10,
    readTimeoutSeconds: 120,
    keepaliveTimeoutSeconds: 60,
  });
});
