import type { ServerResponse } from "node:http";

import { formStyleSource } from "./pages.ts";

const notCached = { "cache-control": "no-store", pragma: "no-cache" } as const;

/** @param location absolute; the caller has made sure that it is the stand-in's own or a registered address. */
export function sendRedirect(
  response: ServerResponse,
  location: string,
  cookies: readonly string[] = [],
): void {
  response.writeHead(302, {
    location,
    ...notCached,
    "referrer-policy": "no-referrer",
    ...setCookie(cookies),
  });
  response.end();
}

/**
 * Sends a page that can neither be framed nor run a script.
 *
 * @param formTarget a registered address that the form's answer redirects to: browsers hold a form's redirects to
 *   `form-action` too.
 */
export function sendPage(
  response: ServerResponse,
  status: number,
  html: string,
  options: { formTarget?: string; cookies?: readonly string[] } = {},
): void {
  const formSources = [
    "'self'",
    ...(options.formTarget === undefined ? [] : [cspSource(options.formTarget)]),
  ];
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src ${formStyleSource}; form-action ${formSources.join(" ")}; base-uri 'none'; frame-ancestors 'none'`,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...notCached,
    ...setCookie(options.cookies ?? []),
  });
  response.end(html);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json;charset=UTF-8",
    ...notCached,
    ...headers,
  });
  response.end(JSON.stringify(body));
}

export function sendEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-length": "0", ...notCached });
  response.end();
}

function setCookie(cookies: readonly string[]): { "set-cookie"?: string[] } {
  return cookies.length > 0 ? { "set-cookie": [...cookies] } : {};
}

/** An origin, or the scheme alone for an app's own scheme. */
function cspSource(address: string): string {
  const { origin, protocol } = new URL(address);
  return origin === "null" ? protocol : origin;
}
