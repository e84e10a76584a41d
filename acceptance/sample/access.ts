import { defineAccess } from "@sst-gatehouse/core/access";

/** The rules that the suite is written for, one of each kind. */
export const access = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
    "/reports/*": { groups: ["admin"], scopes: ["api/read"] },
    "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
  },
});
