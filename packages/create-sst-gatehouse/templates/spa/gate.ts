import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "__name__", region: "eu-central-1" },
  access,
  backends: { api: { handler: "api/index.handler", paths: ["/api/*"] } },
  // What `vite build` makes. Every other path is a page, and `src/main.ts` says what it shows.
  site: { path: "dist", fallback: "index.html" },
});
