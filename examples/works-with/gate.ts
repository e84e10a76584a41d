import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "works-with", region: "eu-central-1" },
  access,
  backends: {
    api: { handler: "apps/index.handler" },
    fastify: { handler: "apps/fastify.handler", paths: ["/fastify*"] },
  },
  // A page on another origin, as a front end in development is.
  stages: { default: { corsOrigins: ["http://localhost:5173"] } },
});
