import { createHash } from "node:crypto";

import { pageStyle } from "@sst-gatehouse/blueprint/page";

import { homeStyle } from "./home-style.ts";

/** Allows only the two style sheets inside the page and its one script; nobody may frame it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src ${hashSource(pageStyle)} ${hashSource(homeStyle)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Keeps others from running code in the page and from reaching into its window. */
export const pageHeaders = {
  "content-security-policy": contentSecurityPolicy,
  "cross-origin-opener-policy": "same-origin",
  // Not `no-referrer`: a browser would then send `Origin: null` with forms, which the guard refuses.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

function hashSource(styleSheet: string): string {
  return `'sha256-${createHash("sha256").update(styleSheet).digest("base64")}'`;
}
