import { describe, expect, test } from "vitest";

import { judgeOrigin } from "./cross-site.ts";

const own = "https://app.example.com";
const evil = "https://evil.example";
type Verdict = ReturnType<typeof judgeOrigin>;
type Values = string | readonly string[];

const document = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

function judge(method: string, headers: Readonly<Record<string, Values>>): Verdict {
  const lines = Object.entries(headers).map(([name, value]) => [name, [value].flat()]);
  return judgeOrigin(
    {
      method,
      host: "x.example",
      path: "/public/x",
      query: "",
      headers: Object.fromEntries(lines),
      body: { kind: "visible", bytes: new Uint8Array(0) },
    },
    [own, "https://www.example.com"],
  );
}

const changing: [headers: Readonly<Record<string, Values>>, verdict: Verdict][] = [
  [{}, "refuse"],
  [{ "sec-fetch-site": "same-origin" }, "use"],
  [{ "sec-fetch-site": "same-origin", origin: own }, "use"],
  [{ "sec-fetch-site": "same-origin", origin: "https://www.example.com" }, "use"],
  [{ origin: own }, "use"],
  [{ "sec-fetch-site": "same-origin", origin: evil }, "refuse"],
  [{ "sec-fetch-site": "same-origin", origin: "null" }, "refuse"],
  [{ "sec-fetch-site": "same-origin", origin: "" }, "refuse"],
  [{ "sec-fetch-site": "same-origin", origin: [own, own] }, "refuse"],
  [{ "sec-fetch-site": ["same-origin", "same-origin"], origin: own }, "refuse"],
  [{ "sec-fetch-site": "Same-Origin", origin: own }, "refuse"],
  [{ "sec-fetch-site": "", origin: own }, "refuse"],
  [{ "sec-fetch-site": "none", origin: own }, "refuse"],
  [{ "sec-fetch-site": "same-site", origin: own }, "refuse"],
  [{ "sec-fetch-site": "cross-site", origin: own }, "refuse"],
  [{ "sec-fetch-site": "cross-site", origin: evil, ...document }, "refuse"],
  [{ "sec-fetch-site": "same-site", ...document }, "refuse"],
  [{ "sec-fetch-site": "cross-site", ...document, "sec-fetch-dest": "empty" }, "refuse"],
  [{ origin: evil }, "refuse"],
  [{ origin: "null" }, "refuse"],
  [{ origin: [own, evil] }, "refuse"],
  [{ origin: `${own}/` }, "refuse"],
  [{ origin: `${own}:443` }, "refuse"],
  [{ origin: `${own}.evil.example` }, "refuse"],
  [{ origin: "https://APP.example.com" }, "refuse"],
  [{ origin: "http://app.example.com" }, "refuse"],
  [{ referer: `${own}/x` }, "refuse"],
  [{ origin: evil, host: "evil.example", "x-forwarded-host": "evil.example" }, "refuse"],
  [{ origin: evil, forwarded: "host=evil.example;proto=https" }, "refuse"],
];

describe.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get"])("%s", (method) => {
  test.each(changing)("with %j: %s", (headers, verdict) => {
    expect(judge(method, headers)).toBe(verdict);
  });
});

const reading: [headers: Readonly<Record<string, Values>>, verdict: Verdict][] = [
  [{}, "use"],
  // A browser without Fetch Metadata.
  [{ referer: `${own}/page?a=1` }, "use"],
  [{ referer: own }, "use"],
  [{ referer: "https://www.example.com/" }, "use"],
  [{ referer: `${evil}/page` }, "ignore"],
  [{ referer: evil, accept: "image/webp,*/*" }, "ignore"],
  [{ referer: evil, accept: "text/html", "x-requested-with": "XMLHttpRequest" }, "ignore"],
  [{ referer: `${evil}/page`, accept: "text/html,*/*" }, "use"],
  [{ referer: `${evil}/page`, ...document }, "use"],
  [{ referer: `${evil}/page`, ...document, "sec-fetch-dest": "empty" }, "ignore"],
  [{ referer: own, ...document, "sec-fetch-dest": "empty" }, "use"],
  [{ referer: `${own}.evil.example/` }, "ignore"],
  [{ referer: `${own}@evil.example/` }, "ignore"],
  [{ referer: [`${own}/`, evil] }, "ignore"],
  [{ referer: "" }, "ignore"],
  [{ referer: evil, origin: own }, "ignore"],
  [{ referer: `${own}/`, origin: evil }, "ignore"],
  [{ referer: evil, "sec-fetch-site": "same-origin" }, "use"],
  [{ "sec-fetch-site": "same-origin" }, "use"],
  [{ "sec-fetch-site": "none" }, "use"],
  [{ "sec-fetch-site": "none", ...document }, "use"],
  [{ "sec-fetch-site": "cross-site", ...document }, "use"],
  [{ "sec-fetch-site": "same-site", ...document }, "use"],
  [{ "sec-fetch-site": "cross-site" }, "ignore"],
  [{ "sec-fetch-site": "same-site" }, "ignore"],
  [{ "sec-fetch-site": "cross-site", origin: own }, "ignore"],
  [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, "ignore"],
  [{ "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" }, "ignore"],
  // Through a service worker a frame looks like this, too.
  [{ "sec-fetch-site": "cross-site", ...document, "sec-fetch-dest": "empty" }, "ignore"],
  [{ "sec-fetch-site": "same-site", ...document, "sec-fetch-dest": "empty" }, "ignore"],
  [{ "sec-fetch-site": "same-origin", ...document, "sec-fetch-dest": "empty" }, "use"],
  [{ "sec-fetch-site": "none", ...document, "sec-fetch-dest": "empty" }, "use"],
  [{ "sec-fetch-site": "cross-site", ...document, "sec-fetch-dest": "iframe" }, "ignore"],
  [{ "sec-fetch-site": "cross-site", ...document, "sec-fetch-dest": "frame" }, "ignore"],
  [{ "sec-fetch-site": "cross-site", ...document, "sec-fetch-dest": "embed" }, "ignore"],
  [{ "sec-fetch-site": "cross-site", ...document, "sec-fetch-mode": "no-cors" }, "ignore"],
  [
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    "ignore",
  ],
  [{ "sec-fetch-site": ["cross-site", "same-origin"] }, "ignore"],
  [{ "sec-fetch-site": "anything" }, "ignore"],
  [{ origin: own }, "use"],
  [{ origin: evil }, "ignore"],
  [{ origin: "null" }, "ignore"],
];

describe.each(["GET", "HEAD"])("%s", (method) => {
  test.each(reading)("with %j: %s", (headers, verdict) => {
    expect(judge(method, headers)).toBe(verdict);
  });
});
