import { defineAccess } from "@sst-gatehouse/core/access";

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
