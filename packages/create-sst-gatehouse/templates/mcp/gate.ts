import { defineGate } from "sst-gatehouse";

import { access } from "./access";

export const gate = defineGate({
  app: { name: "__name__", region: "eu-central-1" },
  access,
  backends: { api: { handler: "src/index.handler" } },
  stages: {
    default: {
      /** What MCP clients ask for. */
      peopleScopes: ["api/mcp"],
      /** The app client that people sign in by with them; it has no secret. */
      spaClient: true,
      /** Where the clients take the answer of a sign-in; each exact. */
      spaCallbackUrls: [
        "http://localhost:33418/callback",
        "https://claude.ai/api/mcp/auth_callback",
        "cursor://anysphere.cursor-mcp/oauth/callback",
      ],
    },
  },
});
