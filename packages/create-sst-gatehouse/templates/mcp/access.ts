import { defineAccess } from "sst-gatehouse";

/** Who may call what. MCP clients find the sign-in by themselves; what a person may do with which tool, `src/server.ts` says. */
export const access = defineAccess({
  scopes: ["api/mcp"],
  rules: { "/mcp/*": "signed-in" },
  resource: { path: "/mcp", scopes: ["api/mcp"] },
  /** For the tool that not everybody may call: a person of this group is on the local stack, and a deploy makes the group. */
  examples: {
    "POST /mcp": { alice: 200, anybody: 401 },
    "GET /": { alice: 403 },
  },
});
