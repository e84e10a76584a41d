import { defineAccess } from "@sst-gatehouse/core/access";
import type { Gate } from "@sst-gatehouse/blueprint/gate";

/** Names and stages of no real app. There is no code: whoever needs some brings it. */
export const gate: Gate = {
  app: { name: "orders", region: "eu-west-1" },
  stages: { default: {}, local: { implicitGrant: true } },
  access: defineAccess({ scopes: ["api/read"], rules: { "/*": "signed-in" } }),
  backends: { api: { handler: "lambda.handler" } },
};
