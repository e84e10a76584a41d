import { defineAccess } from "@sst-gatehouse/core/access";

/** Rules with a part that OAuth clients find their way to by themselves. */
export const withResource = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/mcp/*": "signed-in",
    "/mcp/health": "anyone",
    "/mcp/admin/*": { groups: ["admin"] },
    "/mcp/jobs/*": { groups: ["admin"], scopes: ["api/write"] },
    "GET /register": "anyone",
  },
  resource: { path: "/mcp", scopes: ["api/read"] },
});

/** The access rules that the tests of the guard go by. */
export const access = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "POST /public/hooks/*": { access: "anyone", authorization: "own" },
    "/admin/*": { groups: ["admin"] },
    "/jobs/*": { scopes: ["api/read"] },
    "/reports/*": { groups: ["admin"], scopes: ["api/read"] },
    "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
  },
});
