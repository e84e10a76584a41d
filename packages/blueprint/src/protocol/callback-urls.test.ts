import { expect, test } from "vitest";

import { redirectUrls } from "./callback-urls.ts";

const appUrl = "https://d1.cloudfront.net";
const production = { production: true, corsOrigins: [] };
const personal = { production: false, corsOrigins: [] };

test.each([production, personal])(
  "the guard's own client returns to the guard alone: %j",
  (stage) => {
    expect(redirectUrls("web", appUrl, stage)).toEqual({
      callbackUrls: ["https://d1.cloudfront.net/.auth/callback"],
      logoutUrls: ["https://d1.cloudfront.net/.auth/signed-out"],
    });
  },
);

test("the public client returns to the roots of the app and of each origin that may call", () => {
  const urls = ["https://d1.cloudfront.net/", "https://front.example.com/"];
  const stage = { production: true, corsOrigins: ["https://front.example.com"] };
  expect(redirectUrls("spa", appUrl, stage)).toEqual({ callbackUrls: urls, logoutUrls: urls });
});

test("outside production it returns to a development server too, named once", () => {
  const urls = ["https://d1.cloudfront.net/", "http://localhost:5173/"];
  const stage = { production: false, corsOrigins: ["http://localhost:5173"] };
  expect(redirectUrls("spa", appUrl, stage)).toEqual({ callbackUrls: urls, logoutUrls: urls });
});

test("the walk-through's returns to the page that shows what to do with the token", () => {
  expect(redirectUrls("walkthrough", appUrl, personal).callbackUrls).toEqual([
    "https://d1.cloudfront.net/",
    "http://localhost:5173/",
    "https://d1.cloudfront.net/.auth/callback",
    "http://localhost:5173/.auth/callback",
  ]);
});

test("machines return nowhere", () => {
  expect(redirectUrls("machine", appUrl, personal)).toEqual({ callbackUrls: [], logoutUrls: [] });
});
