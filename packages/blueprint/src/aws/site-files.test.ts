import { runInNewContext } from "node:vm";

import { expect, test } from "vitest";

import { cacheControlOf, contentTypeOf, siteFile, siteFunctionCode } from "./site-files.ts";

test.each([
  // path, with a fallback, without one
  ["/", "/app.html", "/index.html"],
  ["/about", "/app.html", "/about/index.html"],
  ["/about/", "/app.html", "/about/index.html"],
  ["/v1.2/about", "/app.html", "/v1.2/about/index.html"],
  ["/a.b/", "/app.html", "/a.b/index.html"],
  ["/favicon.ico", "/favicon.ico", "/favicon.ico"],
  ["/assets/index-3f.js", "/assets/index-3f.js", "/assets/index-3f.js"],
  ["/users/john.doe", "/users/john.doe", "/users/john.doe"],
  ["/.well-known/security", "/.well-known/security", "/.well-known/security"],
  ["/a/.well-known/x", "/app.html", "/a/.well-known/x/index.html"],
  ["/caf%C3%A9%20au", "/app.html", "/caf%C3%A9%20au/index.html"],
])(
  "%s is answered by %s, and in folders by %s, by guard and CloudFront alike",
  (path, one, each) => {
    for (const [fallback, file] of [
      ["app.html", one],
      [undefined, each],
    ] as const) {
      expect(siteFile(path, fallback)).toBe(file);
      expect(atCloudFront(path, fallback)).toEqual({ uri: file });
    }
  },
);

test.each([
  "/assets/..%2Fadmin",
  "/assets/%2e%2e/admin",
  "/assets/%2E./admin",
  "/assets/../admin",
  "/assets/..",
  "/assets//admin",
  "/assets/.\\admin",
  "/assets/%5Cadmin",
  "/assets/%61dmin",
  "/assets/a%00.js",
  "/assets/a%0a.js",
  "/assets/a%",
  "/assets/a%2",
  "/assets/a%25.js",
  "/assets/a%7f.js",
])("%s can be read in two ways, and CloudFront refuses it", (path) => {
  const refused = { statusCode: 400, statusDescription: "Bad Request" };
  expect([atCloudFront(path, "index.html"), atCloudFront(path, undefined)]).toEqual([
    refused,
    refused,
  ]);
});

function atCloudFront(uri: string, fallback: string | undefined): unknown {
  const code = `${siteFunctionCode(fallback)}; JSON.stringify(handler(${JSON.stringify({ request: { uri } })}))`;
  return JSON.parse(String(runInNewContext(code)));
}

test("a type goes by the ending, in either case, and an unknown one is bytes", () => {
  expect(["/a.JS", "/index.html", "/a", "/a.constructor", "/a.b/c"].map(contentTypeOf)).toEqual([
    "text/javascript; charset=utf-8",
    "text/html; charset=utf-8",
    "application/octet-stream",
    "application/octet-stream",
    "application/octet-stream",
  ]);
});

test("only what is for anyone and cannot change is kept", () => {
  expect([
    cacheControlOf({ isPublic: true, isImmutable: true }),
    cacheControlOf({ isPublic: true, isImmutable: false }),
    cacheControlOf({ isPublic: false, isImmutable: true }),
    cacheControlOf({ isPublic: false, isImmutable: false }),
  ]).toEqual([
    "public, max-age=31536000, immutable",
    "no-cache",
    "private, no-cache",
    "private, no-cache",
  ]);
});
