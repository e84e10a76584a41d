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
  /** What callers get. `start`, `plan` and `pnpm run rules test` say where that is not so. */
  examples: {
    "GET /": { alice: 200, anybody: 401 },
    "GET /public/hello": { anybody: 200 },
    "GET /admin/x": { ada: 200, alice: 403, machine: 403 },
    "GET /reports/7": { ada: 200, alice: 403, anybody: 401 },
    "POST /reports/7": { machine: 202, "machine:api/read": 403, ada: 403, anybody: 401 },
    "GET /public/..%2fadmin": { ada: 400 },
  },
});
