import { defineAccess } from "@sst-gatehouse/core/access";

/** As strict as the guard in front may be with a test's token; the root's `access.ts` may say anything else. */
export const access = defineAccess({ scopes: [], rules: { "/*": "signed-in" } });
