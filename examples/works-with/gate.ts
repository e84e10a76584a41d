import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "works-with", region: "eu-central-1" },
  access,
  backends: {
    api: { handler: "apps/index.handler" },
    fastify: { handler: "apps/fastify.handler", paths: ["/fastify*"] },
  },
  // Pages of other origins, as front ends in development are: one for each file of tests that serves some.
  stages: {
    default: {
      corsOrigins: ["http://localhost:5173", "http://localhost:5174", "http://localhost:5175"],
    },
  },
});
