import { defineAccess } from "@sst-gatehouse/core/access";

/** The rules that the suite is written for. `own-stack/people-scopes.test.ts` has the kind that is missing here. */
export const access = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "POST /public/echo/hooks/*": { access: "anyone", authorization: "own" },
    "/admin/*": { groups: ["admin"] },
    "/reports/*": { groups: ["admin"] },
    "POST /reports/*": { scopes: ["api/write"] },
  },
});
