import { defineAccess } from "@sst-gatehouse/core/access";

/** This backend's own rules: the root's `access.ts` is an adopter's, and may say anything. */
export const access = defineAccess({ scopes: ["api/read"], rules: { "/*": "signed-in" } });
