import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "example-express", region: "eu-central-1" },
  access,
  backends: { api: { handler: "src/index.handler" } },
});
