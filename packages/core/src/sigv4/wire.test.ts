import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { GuardError } from "../errors.ts";
import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import { canonicalQueryByTheRules } from "@sst-gatehouse/testkit/sigv4-by-the-rules";
import { canonicalQuery, encodeRaw, encodeRfc3986, parseQuery, sortedQuery } from "./wire.ts";

const canonical: [why: string, raw: string, expected: string][] = [
  ["leaves no query as it is", "", ""],
  ["leaves a plain query as it is", "a=1&b=two", "a=1&b=two"],
  ["keeps the order of the pairs", "b=2&a=1&A=3", "b=2&a=1&A=3"],
  ["keeps repeated names in their order", "a=2&b=&a=1&a=10", "a=2&b=&a=1&a=10"],
  ["gives a name without `=` an empty value", "flag", "flag="],
  ["keeps an empty value", "a=&b=1", "a=&b=1"],
  ["splits on the first `=` only", "a=b=c", "a=b%3Dc"],
  ["drops empty pieces", "&a=1&&b=2&", "a=1&b=2"],
  ["drops pieces that are nothing but `&`", "&&&", ""],
  ["reads `+` as a space", "q=1+1&a+b=c", "q=1%201&a%20b=c"],
  ["keeps an encoded plus", "q=1%2B1", "q=1%2B1"],
  ["keeps an encoded space", "q=a%20b", "q=a%20b"],
  ["decodes unreserved characters", "%61=%7E%2D%2E%5F%39", "a=~-._9"],
  ["writes upper-case hex", "r=%2fa%3fb", "r=%2Fa%3Fb"],
  ["keeps an encoded percent sign encoded once", "p=100%25&q=%2541", "p=100%25&q=%2541"],
  ["keeps encoded delimiters inside a value", "slug=a%26b%3Dc%23d", "slug=a%26b%3Dc%23d"],
  ["encodes brackets", "f[a][]=[1]", "f%5Ba%5D%5B%5D=%5B1%5D"],
  ["encodes what RFC 3986 calls sub-delimiters", "q=(a)!*'$,;", "q=%28a%29%21%2A%27%24%2C%3B"],
  [
    "encodes slash, colon, at and question mark",
    "redirect=/a/b:c@d?e",
    "redirect=%2Fa%2Fb%3Ac%40d%3Fe",
  ],
  ["encodes a slash in a bare name", "/action", "%2Faction="],
  [
    "encodes printable characters a URL should not hold",
    '{}|"<>^`\\',
    "%7B%7D%7C%22%3C%3E%5E%60%5C=",
  ],
  ["keeps UTF-8", "n=caf%c3%a9&%E1%88%B4=%f0%9f%a6%8a", "n=caf%C3%A9&%E1%88%B4=%F0%9F%A6%8A"],
  ["keeps encoded control characters", "a=%00%0a%7f", "a=%00%0A%7F"],
  ["treats `__proto__` as any name", "__proto__=1&a=2&__proto__=0", "__proto__=1&a=2&__proto__=0"],
  [
    "lets names through that only contain x-amz-",
    "my-x-amz-date=1&x-amzn=2&x=x-amz-date",
    "my-x-amz-date=1&x-amzn=2&x=x-amz-date",
  ],
];

test.each(canonical)("%s: %s", (_why, raw, expected) => {
  expect(canonicalQuery(raw)).toBe(expected);
  expect(canonicalQuery(expected)).toBe(expected);
});

const refusals: [why: string, raw: string][] = [
  ["an empty name", "=x"],
  ["an empty name without a value", "="],
  ["an empty name after good pairs", "a=1&=2"],
  ["an escape that is not hex", "a=%zz"],
  ["an escape that is not hex in a name", "%zz=1"],
  ["half an escape", "a=%F"],
  ["a lone percent sign", "a=100%"],
  ["a percent sign before a space", "a=%+1"],
  ["a byte that is not UTF-8", "a=%FF"],
  ["a cut UTF-8 sequence", "a=%E1%88"],
  ["a lone continuation byte", "a=%80"],
  ["an overlong slash", "a=%C0%AF"],
  ["an overlong slash of three bytes", "a=%E0%80%AF"],
  ["an encoded surrogate", "a=%ED%A0%80"],
  ["a code point beyond Unicode", "a=%F4%90%80%80"],
  ["a raw control character above ASCII", "a=\x85"],
  ["what was no text", "a=\ufffd"],
  ["a lone surrogate", "a=\ud800"],
  ["a raw space", "a=b c"],
  ["a tab", "a=\tb"],
  ["a line break", "a=1\r\nx: y"],
  ["a final line break after a plain query", "a=1\n"],
  ["a null character", "a=\0"],
  ["a delete character", "a=\x7f"],
  ["a fragment", "a=1#b"],
  ["a signature's name", "x-amz-signature=0"],
  ["a signature's name in upper case", "X-Amz-Date=20150830T123600Z"],
  ["a signature's name behind good pairs", "a=1&b=2&X-AMZ-Expires=1"],
  ["a signature's name in escapes", "%78%2Damz%2ddate=1"],
  ["a signature's name without a value", "X-Amz-Security-Token"],
];

const rawPaths: [raw: string, encoded: string][] = [
  ["/report[1].pdf", "/report%5B1%5D.pdf"],
  ["/wiki/A|B", "/wiki/A%7CB"],
  ["/a^b/{id}/`x`", "/a%5Eb/%7Bid%7D/%60x%60"],
  ['/"<b>"', "/%22%3Cb%3E%22"],
  ["/café/東京/🦊", "/caf%C3%A9/%E6%9D%B1%E4%BA%AC/%F0%9F%A6%8A"],
  ["/\u00a0\ufeff", "/%C2%A0%EF%BB%BF"],
  ["/e\u0301", "/e%CC%81"],
  // Escapes stay as they are, in their case, and so does all that may stand there.
  ["/%5b%5D/%7c[", "/%5b%5D/%7c%5B"],
  ["/az09-._~!$&'()*+,;=:@/", "/az09-._~!$&'()*+,;=:@/"],
  // What has two readings is left for the guard to refuse.
  ...[
    "/a\\b",
    "/a#b",
    "/a b",
    "/100%",
    "/a\tb",
    "/\0",
    "/\x7f",
    "/\x85",
    "/\ufffd",
    "/\uffff",
    "/\ud800",
  ].map((raw): [string, string] => [raw, raw]),
];

test.each(rawPaths)("in a path, %j goes on as %j", (raw, encoded) => {
  expect(encodeRaw(raw)).toBe(encoded);
  expect(encodeRaw(encoded)).toBe(encoded);
});

test("in any path, what is encoded means the same as before, and stands where a path may", () => {
  const unit = fc.oneof(
    fc.constantFrom(...Array.from('/[]|^{}<>`"\\%#é東\ud83e\u{1f98a}')),
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 1 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), (units) => {
      const raw = `/${units.join("").replaceAll("%", "%25")}`;
      const encoded = encodeRaw(raw);
      expect(unescaped(encoded)).toBe(unescaped(raw));
      expect(encoded).not.toMatch(/["<>[\]^`{|}]|[\xa0-\ud7ff\ue000-\ufffc]/);
    }),
    { numRuns: 1000 },
  );
});

/** Each escape as the character it stands for; what cannot be decoded stays. */
function unescaped(text: string): string {
  return text.replaceAll(/(?:%[0-9A-F]{2})+/g, decodeURIComponent);
}

const readable: [raw: string, canonical: string][] = [
  ["q=é", "q=%C3%A9"],
  ["東=🦊", "%E6%9D%B1=%F0%9F%A6%8A"],
  ["filter[name]=a|b^{c}", "filter%5Bname%5D=a%7Cb%5E%7Bc%7D"],
];

test.each(readable)("in a query, %j goes on as %j", (raw, expected) => {
  expect(canonicalQuery(raw)).toBe(expected);
});

test.each(refusals)("refuses %s: %j", (_why, raw) => {
  expect(refusalOf(() => canonicalQuery(raw))).toBe("query_malformed");
  expect(refusalOf(() => parseQuery(raw))).toBe("query_malformed");
});

test("names no part of a refused query", () => {
  for (const raw of ["secret=%FF", "X-Amz-secret=1", "secret=\x80", "=secret"]) {
    expect(() => canonicalQuery(raw)).toThrowError(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  }
});

test("parses pairs in their order, decoded once", () => {
  expect(parseQuery("b=%2541&a=1+1&b&__proto__=x=y&&%E1%88%B4=")).toEqual([
    ["b", "%41"],
    ["a", "1 1"],
    ["b", ""],
    ["__proto__", "x=y"],
    ["ሴ", ""],
  ]);
});

test("percent-encodes all of ASCII but the unreserved characters", () => {
  const ascii = String.fromCharCode(...Array.from({ length: 128 }, (_, code) => code));
  expect(encodeRfc3986(ascii)).toBe(
    "%00%01%02%03%04%05%06%07%08%09%0A%0B%0C%0D%0E%0F%10%11%12%13%14%15%16%17%18%19%1A%1B%1C%1D%1E%1F" +
      "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABCDEFGHIJKLMNOPQRSTUVWXYZ" +
      "%5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D~%7F",
  );
});

describe("the order of a signature", () => {
  test.each([
    ["", ""],
    ["a=1", "a=1"],
    ["b=2&a=1&A=3&a-b=4&ab=5", "A=3&a=1&a-b=4&ab=5&b=2"],
    [
      "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
      "%E1%88%B4=Value1&Param=Value2&Param-3=Value3",
    ],
    ["a=2&a=1&a=10&a=", "a=&a=1&a=10&a=2"],
    ["a~=1&a=~&a_=2&a.=3&a%20=4", "a=~&a%20=4&a.=3&a_=2&a~=1"],
    ["__proto__=2&a=1&__proto__=1", "__proto__=1&__proto__=2&a=1"],
  ])("sorts %s by name, then by value", (query, expected) => {
    expect(sortedQuery(query)).toBe(expected);
  });
});

describe("for any query that is accepted", () => {
  /** Mostly characters that mean something in a query. */
  const piece = fc.oneof(
    fc.constantFrom(
      "a",
      "b",
      "A",
      "0",
      "-",
      "~",
      "+",
      "%20",
      "%2B",
      "%2b",
      "%26",
      "%3D",
      "%25",
      "%61",
      "%C3%A9",
      "%F0%9F%A6%8A",
    ),
    fc.constantFrom(
      "=",
      "&",
      "[",
      "]",
      "/",
      "?",
      "'",
      "(",
      "*",
      "!",
      "x-amz",
      "__proto__",
      "%00",
      '"',
      "\\",
      "^",
    ),
    fc
      .string({ minLength: 1, maxLength: 3, unit: "grapheme" })
      .map((text) => encodeURIComponent(text)),
  );
  const rawQuery = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(""));
  const accepted = rawQuery.filter((raw) => refusalOf(() => parseQuery(raw)) === undefined);

  test("another decoder reads the same pairs before and after", () => {
    fc.assert(
      fc.property(accepted, (raw) => {
        // With its `?`, because URLSearchParams takes one away.
        const pairs = [...new URLSearchParams(`?${raw}`)];
        expect(parseQuery(raw)).toEqual(pairs);
        expect([...new URLSearchParams(`?${canonicalQuery(raw)}`)]).toEqual(pairs);
      }),
      { numRuns: 2000 },
    );
  });

  test("the canonical form is canonical, and stays what it is", () => {
    fc.assert(
      fc.property(accepted, (raw) => {
        const once = canonicalQuery(raw);
        for (const pair of once === "" ? [] : once.split("&")) {
          expect(pair).toMatch(/^(?:[\w.~-]|%[0-9A-F]{2})+=(?:[\w.~-]|%[0-9A-F]{2})*$/);
        }
        const escaped = [...once.matchAll(/%(..)/g)].map(([, hex]) =>
          String.fromCharCode(Number.parseInt(hex ?? "", 16)),
        );
        expect(escaped.join("")).not.toMatch(/[\w.~-]/);
        expect(canonicalQuery(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test("the sorted form is the one the rules give", () => {
    fc.assert(
      fc.property(accepted, (raw) => {
        expect(sortedQuery(canonicalQuery(raw))).toBe(canonicalQueryByTheRules(raw));
      }),
      { numRuns: 2000 },
    );
  });
});

test("any text at all is either refused with the one code or made canonical", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: anyCharacter }),
        fc.string({ unit: fc.constantFrom(...Array.from("%&=+#ab12EFef8 xX-amz")) }),
      ),
      (raw) => {
        const refusal = refusalOf(() => canonicalQuery(raw));
        expect(refusal ?? "query_malformed").toBe("query_malformed");
        expect(refusal === undefined ? canonicalQuery(raw) : "").toMatch(/^[\w.~%&=-]*$/);
      },
    ),
    { numRuns: 2000 },
  );
});

/** The code a call is refused with; `undefined` when it is not. Any other error goes through. */
function refusalOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof GuardError) return error.code;
    throw error;
  }
}
