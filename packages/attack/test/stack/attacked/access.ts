import { defineAccess } from "@sst-gatehouse/core/access";

/** The exact rule, and the bare path of a wildcard, are what a router could be led around. */
export const access = defineAccess({
  scopes: ["api/read"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
    "/settings": { groups: ["admin"] },
    "/public/secret": { groups: ["admin"] },
  },
});
