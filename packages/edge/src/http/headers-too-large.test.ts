import { isGuardError } from "@sst-gatehouse/core/errors";
import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { describe, expect, test } from "vitest";

import { headersTooLarge } from "./headers-too-large.ts";

function refusalOf(headers: HttpHeaders) {
  const body = { kind: "visible", bytes: new Uint8Array() } as const;
  return headersTooLarge({ method: "GET", host: "", path: "/", query: "", headers, body }, 9729);
}

const long = "x".repeat(5000);

const largest: [what: string, headers: HttpHeaders, expected: object][] = [
  [
    "the largest cookie of one line",
    { cookie: [`a=1; theme=${long}; b=${"y".repeat(4000)}`], accept: ["*/*"] },
    { header: "cookie", cookie: "theme", bytes: 5006 },
  ],
  [
    "the largest cookie of several lines",
    { cookie: ["a=1", `b=${"y".repeat(300)}`, "c=3; d=4"] },
    { header: "cookie", cookie: "b", bytes: 302 },
  ],
  [
    "one of many cookies that are all the same size",
    {
      cookie: [
        Array.from({ length: 40 }, (_none, i) => `c${i + 10}=${"z".repeat(250)}`).join("; "),
      ],
    },
    { header: "cookie", cookie: "c10", bytes: 254 },
  ],
  [
    "a cookie counted in bytes",
    { cookie: ["a=ééé; b=xxxx"] },
    { header: "cookie", cookie: "a", bytes: 8 },
  ],
  [
    "no name where a cookie has none",
    { cookie: [`${long}; a=1`] },
    { header: "cookie", bytes: 5000 },
  ],
  ["no name that is no token", { cookie: [`a b=${long}`] }, { header: "cookie", bytes: 5004 }],
  [
    "no name that is longer than names are",
    { cookie: [`${"n".repeat(101)}=${long}`] },
    { header: "cookie", bytes: 5102 },
  ],
  [
    "another header, with all its lines",
    { "x-mine": [long, "more"], cookie: [`a=${"y".repeat(4000)}`] },
    { header: "x-mine", bytes: 5024 },
  ],
  [
    "a header of many small lines before a large one",
    { "x-many": Array.from({ length: 700 }, () => "1"), "x-one": [long] },
    { header: "x-many", bytes: 700 * 11 },
  ],
  [
    "the beginning of a long name",
    { [`x-${long}`]: [""] },
    { header: `x-${"x".repeat(98)}`, bytes: 5006 },
  ],
  ["the caller", { "x-gatehouse-caller": [long] }, { header: "x-gatehouse-caller", bytes: 5022 }],
  [
    "the forwarded token",
    { "x-gatehouse-token": [long] },
    { header: "x-gatehouse-token", bytes: 5021 },
  ],
  [
    "not the signature, which nobody can make smaller",
    { authorization: [long], "x-amz-security-token": [long], accept: ["*/*"] },
    { header: "accept", bytes: 13 },
  ],
];

describe("the refusal of large headers", () => {
  test.each(largest)("names %s", (_what, headers, expected) => {
    expect(refusalOf(headers).largest).toEqual(expected);
  });

  test.each([
    ["cookie", "Delete cookies of this site"],
    ["x-gatehouse-caller", "ask an administrator"],
    ["x-gatehouse-caller-unchecked", "ask an administrator"],
    ["x-gatehouse-token", "switch `forwardToken` off"],
    ["x-anything", "Send shorter headers."],
  ])("says what to do about %s", (name, advice) => {
    const refusal = refusalOf({ [name]: [`a=${long}`] });
    expect(isGuardError(refusal)).toBe(true);
    expect(refusal.code).toBe("headers_too_large");
    expect(refusal.message).toContain("have 9729 bytes");
    expect(refusal.message).toContain(advice);
  });

  test("has no name and no value in its sentence, which is logged", () => {
    const { message } = refusalOf({ cookie: [`theme=secret${long}`], "x-mine": ["mine"] });
    expect(message).not.toMatch(/theme|secret|mine/);
  });
});
