import { defineAccess } from "sst-gatehouse";

/** Who may call what. The longest pattern wins; what no rule covers is refused. */
export const access = defineAccess({
  rules: {
    "/*": "signed-in",
    // A page's data has an address of its own, /admin.data: the star without a slash covers both.
    "/admin*": { groups: ["admin"] },
  },
});
