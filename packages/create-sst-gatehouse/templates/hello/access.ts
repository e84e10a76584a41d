import { defineAccess } from "sst-gatehouse";

/** Who may call what. The longest pattern wins; what no rule covers is refused. */
export const access = defineAccess({
  /** What machines may be given, as `<resource server>/<scope>`. */
  scopes: ["api/read"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
  },
});
