import { defineAccess } from "sst-gatehouse";

/** Who may see and call what. The longest pattern wins; what no rule covers is refused. */
export const access = defineAccess({
  rules: {
    "/*": "signed-in",
    // Scripts and styles come from CloudFront's cache, and no guard sees them: have no secret in them, or no such rule.
    "/assets/*": "anyone",
    "/api/admin/*": { groups: ["admin"] },
  },
});
