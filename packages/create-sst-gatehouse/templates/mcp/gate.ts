import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "__name__", region: "eu-central-1" },
  access,
  backends: { api: { handler: "src/index.handler" } },
  stages: {
    default: {
      /** The scope that MCP clients ask for, and the client without a secret that they sign in by. */
      peopleScopes: ["api/mcp"],
      spaClient: true,
    },
  },
});
