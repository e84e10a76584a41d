import { expect, test } from "vitest";

import { redirectUrls } from "./callback-urls.ts";

test("production sends people back to the app and nowhere else", () => {
  expect(redirectUrls("https://app.example.com", { production: true })).toEqual({
    callbackUrls: ["https://app.example.com/", "https://app.example.com/.auth/callback"],
    logoutUrls: ["https://app.example.com/", "https://app.example.com/.auth/signed-out"],
  });
});

test("another stage sends them to a development server on the same machine, too", () => {
  expect(redirectUrls("https://d1.cloudfront.net", { production: false })).toEqual({
    callbackUrls: [
      "https://d1.cloudfront.net/",
      "https://d1.cloudfront.net/.auth/callback",
      "http://localhost:5173/",
      "http://localhost:5173/.auth/callback",
    ],
    logoutUrls: [
      "https://d1.cloudfront.net/",
      "https://d1.cloudfront.net/.auth/signed-out",
      "http://localhost:5173/",
      "http://localhost:5173/.auth/signed-out",
    ],
  });
});
