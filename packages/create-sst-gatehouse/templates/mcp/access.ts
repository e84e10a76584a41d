import { defineAccess } from "sst-gatehouse";

/** Who may call what. MCP clients find the sign-in by themselves; who may use which tool, `src/server.ts` says. */
export const access = defineAccess({
  scopes: ["api/mcp"],
  rules: {
    "/mcp/*": "signed-in",
    "/admin/*": { groups: ["admin"] },
  },
  resource: { path: "/mcp", scopes: ["api/mcp"] },
  examples: {
    "POST /mcp": { alice: 200, machine: 200, anybody: 401 },
    "GET /admin/report": { ada: 200, alice: 403 },
  },
});
