import { defineAccess } from "sst-gatehouse";

/** Who may call what. The longest pattern wins; what no rule covers is refused. */
export const access = defineAccess({ rules: { "/*": "signed-in" } });
