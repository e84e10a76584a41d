import { defineAccess } from "@sst-gatehouse/core/access";

/** For machines alone, and for people and machines by the same scope. */
export const access = defineAccess({
  scopes: ["api/read", "api/write"],
  claims: ["email", "name"],
  rules: {
    "/*": "signed-in",
    "/echo/machines": { scopes: ["api/read"] },
    "/echo/both": { groups: ["admin"], scopes: ["api/read"] },
  },
});
