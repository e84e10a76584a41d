import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { describe, expect, test } from "vitest";

import { isNavigation } from "./navigation.ts";
import { only } from "./viewer-headers.ts";

const html = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** Firefox 153, for `fetch(event.request)` of a navigation, whoever has led there. */
const fromFirefoxWorker = {
  "sec-fetch-mode": "same-origin",
  "sec-fetch-dest": "empty",
  "sec-fetch-site": "same-origin",
  "upgrade-insecure-requests": "1",
  accept: html,
};
const { "upgrade-insecure-requests": _ofNavigations, ...ownScript } = fromFirefoxWorker;

/** The table of the README: who is sent to sign in, and who is told 401. */
const table: [
  who: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
  isPage: boolean,
][] = [
  [
    "a link or the address bar",
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: html },
    true,
  ],
  [
    "a navigation, whatever it accepts",
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: "*/*" },
    true,
  ],
  [
    "a service worker that passes a navigation on, or a download",
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "empty", accept: html },
    true,
  ],
  ["a Firefox worker that passes a navigation on", fromFirefoxWorker, true],
  ["a script of this site that sets no more than a page's Accept", ownScript, false],
  [
    "a script that is told where it comes from",
    { ...fromFirefoxWorker, "sec-fetch-site": "cross-site" },
    false,
  ],
  [
    "a script that sets a page's headers",
    { ...fromFirefoxWorker, "sec-fetch-mode": "cors" },
    false,
  ],
  ["its picture", { ...fromFirefoxWorker, "sec-fetch-dest": "image" }, false],
  ["its data", { ...fromFirefoxWorker, accept: "application/json" }, false],
  [
    "a page that is loaded ahead",
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-purpose": "prefetch" },
    true,
  ],
  ["a frame", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe", accept: html }, false],
  ["an old frame", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "frame" }, false],
  ["an embedded page", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "embed" }, false],
  [
    "a script that asks for a page",
    { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", accept: html },
    false,
  ],
  ["a script", { "sec-fetch-mode": "same-origin", "sec-fetch-dest": "empty" }, false],
  [
    "a script with all that it may set itself",
    {
      "sec-fetch-mode": "no-cors",
      "sec-fetch-dest": "empty",
      accept: html,
      "upgrade-insecure-requests": "1",
      "x-sec-fetch-mode": "navigate",
    },
    false,
  ],
  ["an object", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "object" }, false],
  ["a fenced frame", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "fencedframe" }, false],
  ["a navigation of no known kind", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "" }, false],
  [
    "a doubled destination",
    { "sec-fetch-mode": "navigate", "sec-fetch-dest": ["empty", "document"] },
    false,
  ],
  ["an image", { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }, false],
  ["a WebSocket", { "sec-fetch-mode": "websocket", "sec-fetch-dest": "empty" }, false],
  ["half of what a browser says", { "sec-fetch-mode": "navigate", accept: html }, false],
  ["the other half", { "sec-fetch-dest": "document", accept: html }, false],
  [
    "doubled words",
    { "sec-fetch-mode": ["navigate", "navigate"], "sec-fetch-dest": "document" },
    false,
  ],
  ["an old browser, or a web view", { accept: html }, true],
  [
    "an old browser that says where it comes from",
    { "sec-fetch-site": "none", accept: html },
    true,
  ],
  ["an old browser's second line", { accept: ["image/png", "Text/HTML"] }, true],
  ["an old browser's script", { accept: html, "x-requested-with": "XMLHttpRequest" }, false],
  ["a client that takes JSON", { accept: "application/json" }, false],
  ["a client that takes anything", { accept: "*/*" }, false],
  ["a client that does not say", {}, false],
  ["a client of another type", { accept: "application/vnd.text/htmlx, x-text/html" }, false],
];

describe.each(["GET", "HEAD", "POST"])("%s", (method) => {
  test.each(table)("of %s", (_who, headers, isPage) => {
    expect(isNavigation(request(method, headers))).toBe(isPage);
  });
});

test.each(["PUT", "PATCH", "DELETE", "OPTIONS", "get"])("no browser navigates by %s", (method) => {
  const headers = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", accept: html };
  expect(isNavigation(request(method, headers))).toBe(false);
});

test("a repeated header says nothing", () => {
  expect(only(["a"])).toBe("a");
  expect(only(["a", "a"])).toBeUndefined();
  expect(only([])).toBeUndefined();
  expect(only(undefined)).toBeUndefined();
});

function request(method: string, headers: Readonly<Record<string, string | readonly string[]>>) {
  const lines: HttpHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat()]),
  );
  const body = { kind: "visible", bytes: new Uint8Array(0) } as const;
  return { method, host: "x.example", path: "/", query: "", headers: lines, body };
}
