import { defineAccess } from "sst-gatehouse";

/**
 * Who may call what. The longest pattern wins; what no rule covers is refused. `groups` admit people, `scopes` machines.
 * The guard at the edge and the backend both decide by these rules.
 */
export const access = defineAccess({
  /** Scopes of the resource server, as `<resource server>/<scope>`. */
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
    "/reports/*": { groups: ["admin"] },
    "POST /reports/*": { scopes: ["api/write"] },
  },
});
