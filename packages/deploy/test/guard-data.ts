import { makeGuardSettings } from "@sst-gatehouse/blueprint/make-guard-settings";
import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { defineAccess } from "@sst-gatehouse/core/access";

import type { GuardData } from "../src/guard-artifact.ts";

/** What a deploy puts beside a guard's bundle. */
export const guardData: GuardData = {
  settings: makeGuardSettings({
    stage: resolveStage({ default: {} }, "anna"),
    region: "eu-central-1",
    prefix: "/gatehouse/gatehouse/anna",
    functionUrls: ["https://abc.lambda-url.eu-central-1.on.aws/"],
    userPoolId: "eu-central-1_pool",
    keys: [{ kid: "k", kty: "RSA", alg: "RS256", use: "sig", n: "A".repeat(342), e: "AQAB" }],
    hostedOrigin: "https://gatehouse-anna-0.auth.eu-central-1.amazoncognito.com",
    clientIds: undefined,
  }),
  access: defineAccess({
    scopes: ["api/read"],
    rules: { "/*": "signed-in", "/public/*": "anyone", "GET /r/*": { scopes: ["api/read"] } },
  }),
  sealing: { keys: [Buffer.alloc(32, 7).toString("base64")] },
};
