import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "__name__", region: "eu-central-1" },
  access,
  backends: { api: { handler: "src/index.handler" } },
});
