import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "example-react-router", region: "eu-central-1" },
  access,
  backends: { web: { handler: "src/server.handler" } },
});
