import { expect, test } from "vitest";

import { redirectUrlProblem, redirectUrls } from "./callback-urls.ts";

const appUrl = "https://d1.cloudfront.net";
const none = { corsOrigins: [], spaCallbackUrls: [], spaLogoutUrls: [] };
const production = { ...none, production: true };
const personal = { ...none, production: false };

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
  const corsOrigins = ["https://front.example.com", "capacitor://localhost"];
  const stage = { ...production, corsOrigins };
  expect(redirectUrls("spa", appUrl, stage)).toEqual({ callbackUrls: urls, logoutUrls: urls });
});

test("outside production it returns to a development server too, named once", () => {
  const urls = ["https://d1.cloudfront.net/", "http://localhost:5173/"];
  const stage = { ...personal, corsOrigins: ["http://localhost:5173"] };
  expect(redirectUrls("spa", appUrl, stage)).toEqual({ callbackUrls: urls, logoutUrls: urls });
});

test("it returns to what the stage lists besides, each once", () => {
  const stage = {
    ...production,
    corsOrigins: ["https://front.example.com"],
    spaCallbackUrls: ["myapp://callback", "https://front.example.com/", "http://localhost:3000/cb"],
    spaLogoutUrls: ["myapp://signed-out"],
  };
  const roots = ["https://d1.cloudfront.net/", "https://front.example.com/"];
  expect(redirectUrls("spa", appUrl, stage)).toEqual({
    callbackUrls: [...roots, "myapp://callback", "http://localhost:3000/cb"],
    logoutUrls: [...roots, "myapp://signed-out"],
  });
  expect(redirectUrls("web", appUrl, stage)).toEqual(redirectUrls("web", appUrl, production));
});

test.each([
  "http://localhost:3000",
  "http://localhost:3000/api/auth/callback/cognito",
  "http://127.0.0.1:8080/callback?from=cli",
  "http://[::1]:8080/",
  "https://pr-12.preview.example.com/",
  "https://front.example.com",
  "https://front.example.com:8443/cb?x=1",
  "https://xn--bcher-kva.example/cb",
  "myapp://callback",
  "com.example.app://oauth/callback",
  "capacitor://localhost",
  "exp://127.0.0.1:8081/--/cb",
])("Cognito takes %s", (address) => {
  expect(redirectUrlProblem(address)).toBeUndefined();
});

const refused: [address: unknown, problem: RegExp][] = [
  ["", /write the whole address/],
  ["/callback", /write the whole address/],
  ["front.example.com/cb", /write the whole address/],
  [7, /write the whole address/],
  [null, /write the whole address/],
  ["https://*.vercel.app/", /no patterns/],
  ["https://pr-*.preview.example.com/", /no patterns/],
  ["https://front.example.com/#/cb", /fragment/],
  [`https://front.example.com/${"x".repeat(1000)}`, /1024 characters/],
  ["https://bücher.example/cb", /: https:\/\/xn--bcher-kva\.example\/cb$/],
  ["https://front.example.com/ü", /: https:\/\/front\.example\.com\/%C3%BC$/],
  ["https://front.example.com\\cb", /: https:\/\/front\.example\.com\/cb$/],
  ["https://front.example.com/\ncb", /: https:\/\/front\.example\.com\/cb$/],
  ["HTTPS://Front.example.com/", /: https:\/\/front\.example\.com\/$/],
  ["https:front.example.com", /: https:\/\/front\.example\.com\/$/],
  ["https://front.example.com:443/", /: https:\/\/front\.example\.com\/$/],
  ["https://me:pw@front.example.com/", /before @/],
  ["https://front.example.com@evil.example/", /before @/],
  ["http://front.example.com/", /use https/],
  ["http://localhost.evil.example/", /use https/],
  ["http://app.localhost:3000/", /use https/],
  ["myapp:callback", /a scheme of an app's own/],
  ["myapp:///callback", /a scheme of an app's own/],
  ["javascript://x/%0aalert(1)", /no app is reached by javascript:/],
  ["data:text/html,x", /no app is reached by data:/],
  ["file:///etc/passwd", /no app is reached by file:/],
  ["wss://front.example.com/", /no app is reached by wss:/],
];

test.each(refused)("nobody registers %j", (address, problem) => {
  expect(redirectUrlProblem(address)).toMatch(problem);
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
