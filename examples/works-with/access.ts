import { defineAccess } from "sst-gatehouse";

/** Everybody who has signed in. `/public` is what a page needs before. */
export const access = defineAccess({ rules: { "/*": "signed-in", "/public/*": "anyone" } });
