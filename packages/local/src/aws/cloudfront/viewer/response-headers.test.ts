import { responseHeaders } from "@sst-gatehouse/blueprint/response-headers";
import { afterEach, describe, expect, test } from "vitest";

import type { HeaderLine } from "../header-lines.ts";
import { withResponseHeaders } from "./response-headers.ts";
import { startDistribution } from "../../../../test/cloudfront.ts";
import type {
  Seen,
  TestDistribution,
  TestDistributionOptions,
} from "../../../../test/cloudfront.ts";

const everything: readonly HeaderLine[] = [
  ["Strict-Transport-Security", "max-age=31536000"],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "SAMEORIGIN"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["X-XSS-Protection", "1; mode=block"],
];

describe("a response headers policy", () => {
  const answers: [what: string, lines: HeaderLine[], after: HeaderLine[]][] = [
    ["is added to an answer that has none of them", [], [...everything]],
    [
      "comes after everything else",
      [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
      ],
      [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], ...everything],
    ],
    [
      "replaces what it overrides, in any case and as often as it is there",
      [
        ["strict-transport-security", "max-age=0"],
        ["STRICT-TRANSPORT-SECURITY", "max-age=1"],
        ["x-content-type-options", "sniff"],
        ["X-CONTENT-TYPE-OPTIONS", ""],
      ],
      [
        ["strict-transport-security", "max-age=0"],
        ["STRICT-TRANSPORT-SECURITY", "max-age=1"],
        ["X-Content-Type-Options", "nosniff"],
        ["X-Frame-Options", "SAMEORIGIN"],
        ["Referrer-Policy", "strict-origin-when-cross-origin"],
        ["X-XSS-Protection", "1; mode=block"],
      ],
    ],
    [
      "leaves alone what it does not override",
      [
        ["x-frame-options", "DENY"],
        ["referrer-policy", "no-referrer"],
        ["referrer-policy", "same-origin"],
      ],
      [
        ["x-frame-options", "DENY"],
        ["referrer-policy", "no-referrer"],
        ["referrer-policy", "same-origin"],
        ["Strict-Transport-Security", "max-age=31536000"],
        ["X-Content-Type-Options", "nosniff"],
        ["X-XSS-Protection", "1; mode=block"],
      ],
    ],
    [
      "takes an empty header for one",
      [["Referrer-Policy", ""]],
      [
        ["Referrer-Policy", ""],
        ["Strict-Transport-Security", "max-age=31536000"],
        ["X-Content-Type-Options", "nosniff"],
        ["X-Frame-Options", "SAMEORIGIN"],
        ["X-XSS-Protection", "1; mode=block"],
      ],
    ],
  ];

  test.each(answers)("%s", (_what, lines, after) => {
    expect(withResponseHeaders(lines, responseHeaders)).toEqual(after);
  });

  test("has the values of its settings", () => {
    const policy = [
      { name: "Strict-Transport-Security", value: "max-age=60", override: false },
      { name: "X-Frame-Options", value: "SAMEORIGIN", override: true },
      { name: "Referrer-Policy", value: "no-referrer", override: true },
    ];
    const lines: HeaderLine[] = [
      ["X-Frame-Options", "DENY"],
      ["Referrer-Policy", "origin"],
    ];
    expect(withResponseHeaders(lines, policy)).toEqual([
      ["Strict-Transport-Security", "max-age=60"],
      ["X-Frame-Options", "SAMEORIGIN"],
      ["Referrer-Policy", "no-referrer"],
    ]);
  });
});

describe("CloudFront gives its response headers to", () => {
  const distributions: TestDistribution[] = [];
  afterEach(async () => {
    for (const distribution of distributions.splice(0)) await distribution.close();
  });
  async function start(options: TestDistributionOptions = {}): Promise<TestDistribution> {
    const distribution = await startDistribution({ responseHeaders, ...options });
    distributions.push(distribution);
    return distribution;
  }
  const given = (seen: Seen) =>
    Object.fromEntries(everything.map(([name]) => [name, seen.all(name.toLowerCase())]));
  const all = Object.fromEntries(everything.map(([name, value]) => [name, [value]]));

  test("an answer of the origin, whose own count where they are not overridden", async () => {
    const distribution = await start({
      answering: (_request, response) =>
        response
          .writeHead(200, {
            "x-frame-options": "DENY",
            "x-content-type-options": "sniff",
          })
          .end(),
    });
    expect(given(await distribution.view())).toEqual({
      ...all,
      "X-Frame-Options": ["DENY"],
    });
  });

  test("an answer of 404 and one of 304", async () => {
    for (const status of [404, 304]) {
      const distribution = await start({
        answering: (_request, response) => response.writeHead(status).end(),
      });
      const seen = await distribution.view();
      expect([seen.status, given(seen)]).toEqual([status, all]);
    }
  });

  test("an answer of the cache, once", async () => {
    const distribution = await start({
      behavior: { cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6" },
    });
    const seen = [await distribution.view(), await distribution.view()];
    expect(seen.map((one) => one.all("x-cache"))).toEqual([
      ["Miss from cloudfront"],
      ["Hit from cloudfront"],
    ]);
    expect(seen.map(given)).toEqual([all, all]);
  });

  test("what the function generated, whose own count where they are not overridden", async () => {
    const distribution = await start({
      edge: () => ({
        status: "401",
        headers: { "referrer-policy": [{ key: "Referrer-Policy", value: "no-referrer" }] },
      }),
    });
    expect(given(await distribution.view())).toEqual({
      ...all,
      "Referrer-Policy": ["no-referrer"],
    });
  });

  test("its own error pages", async () => {
    const refused = await (await start()).view({ method: "GET", body: "{}" });
    const invalid = await (await start({ edge: () => ({ status: 200 }) })).view();
    expect([refused.status, invalid.status]).toEqual([403, 502]);
    expect([given(refused), given(invalid)]).toEqual([all, all]);
  });

  test("nobody, where the behaviour has no such policy", async () => {
    const distribution = await startDistribution();
    distributions.push(distribution);
    const none = Object.fromEntries(everything.map(([name]) => [name, []]));
    expect(given(await distribution.view())).toEqual(none);
  });
});
