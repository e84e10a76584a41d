import { expect, test } from "vitest";

import { prefersHtml } from "./prefers-html.ts";

const chrome =
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";

const headers: [who: string, accept: string | undefined, html: boolean][] = [
  ["Chrome", chrome, true],
  ["Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
  ["a link checker", "text/html", true],
  ["a client that writes in capitals", "TEXT/HTML", true],
  ["a client that takes any text", "text/*", true],
  ["a client that names HTML and takes the rest as gladly", "text/html, */*", true],
  ["a client that wants HTML a little more", "application/json;q=0.8, text/html;q=0.9", true],
  ["a client that refuses JSON", "application/json;q=0, */*", true],
  ["no header", undefined, false],
  ["an empty header", "", false],
  ["curl and fetch", "*/*", false],
  ["a client of the API", "application/json", false],
  ["axios", "application/json, text/plain, */*", false],
  ["a client that takes both as gladly", "text/html, application/json", false],
  ["a client that wants JSON a little more", "text/html;q=0.8, application/json;q=0.9", false],
  ["a client that wants HTML less than anything else", "text/html;q=0.1, */*", false],
  ["a client that refuses HTML", "text/html;q=0, */*", false],
  ["a client that refuses everything", "text/html;q=0, application/json;q=0", false],
  ["a client that wants neither", "image/png", false],
  ["a type that only begins alike", "text/html-sandboxed", false],
  ["no sense", ";;q=,text;html", false],
];

test.each(headers)("reads what %s prefers", (_who, accept, html) => {
  expect(prefersHtml(accept)).toBe(html);
});
