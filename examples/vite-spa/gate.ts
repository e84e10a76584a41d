import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "example-vite-spa", region: "eu-central-1" },
  access,
  backends: { api: { handler: "api/index.handler", paths: ["/api/*"] } },
  // What `vite build` makes. Its one page answers every other path.
  site: { path: "dist", fallback: "index.html" },
});
