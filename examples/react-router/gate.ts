import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "example-react-router", region: "eu-central-1" },
  access,
  backends: { web: { handler: "src/server.handler" } },
  // What `react-router build` makes for browsers. Every other path is a page of the server's.
  site: { path: "build/client", paths: ["/assets/*"] },
});
