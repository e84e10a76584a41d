import { createHash } from "node:crypto";

import * as fc from "fast-check";

import type { CorpusRequest } from "../../corpus/read-corpus.ts";

/** What a client means, and one of the many ways to write it. */
export interface Meant {
  /** Below `/echo/`, decoded. */
  readonly segments: readonly string[];
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** Of `X-Meant`. */
  readonly header: string;
  readonly request: CorpusRequest;
}

/** Each spells one character, which is given with its UTF-8 in `%HH`; it picks by a number. */
type Spelling = (character: string, choice: number) => string;

const escaped = (character: string) =>
  [...Buffer.from(character, "utf8")]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");

/** As it is where the wire lets it stand, else in upper-case or lower-case hex. */
function spelling(mayStand: RegExp, space: readonly string[] = []): Spelling {
  return (character, choice) => {
    const ways = [
      ...(mayStand.test(character) ? [character, character] : []),
      escaped(character),
      escaped(character).toLowerCase(),
      ...(character === " " ? space : []),
    ];
    return ways[choice % ways.length] ?? character;
  };
}

/** Also what may not stand there, and arrives percent-encoded. */
const inPath = spelling(/^[\w.~!$&'()*+,;=:@"<>[\]^`{|}-]$/);
const inName = spelling(/^[\w.~!$'()*,:@/?[\]{}|\\^`"<>;-]$/, ["+", "+"]);
const inValue = spelling(/^[\w.~!$'()*,:@/?[\]{}|\\^`"<>;=-]$/, ["+", "+"]);

/** One code point of a text. */
const oneOf = (text: string) => fc.constantFrom(...Array.from(text));

const character = fc.oneof(
  { weight: 6, arbitrary: oneOf("abcXYZ019-_.~") },
  { weight: 4, arbitrary: oneOf(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("é", "e\u0301", "ß", "東", "\u{1f680}", "\u00a0", "\ufeff"),
  },
  { weight: 1, arbitrary: fc.constantFrom("\t", "\n", "\r", "\u007f", "\u0001") },
);

/** Characters and how each is written. */
const spelledText = (spell: Spelling, minLength: number, maxLength: number) =>
  fc
    .array(fc.tuple(character, fc.nat({ max: 11 })), { minLength, maxLength })
    .map((characters) => ({
      text: characters.map(([one]) => one).join(""),
      spelled: characters.map(([one, choice]) => spell(one, choice)).join(""),
    }));

const pair = fc.tuple(
  fc.oneof(
    { weight: 5, arbitrary: spelledText(inName, 1, 6) },
    // Repeated names, and names that objects have.
    fc.constantFrom("a", "b[]", "constructor", "1").map((text) => ({
      text,
      spelled: text,
    })),
  ),
  spelledText(inValue, 0, 8),
  fc.boolean(),
);

const bodyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.uint8Array({ maxLength: 2000 }),
  fc.string({ maxLength: 40, unit: "grapheme" }).map((text) => Buffer.from(text, "utf8")),
);

const contentTypes = [
  "application/json",
  "text/plain",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/vnd.api+json",
];

/** A request of any kind that the guard lets through for a signed-in user, under `/echo/`. */
export const meantRequest: fc.Arbitrary<Meant> = fc
  .record({
    method: fc.constantFrom("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"),
    path: fc.array(spelledText(inPath, 0, 8), { minLength: 1, maxLength: 4 }),
    query: fc.array(pair, { maxLength: 6 }),
    spareAmpersand: fc.boolean(),
    header: fc.string({ maxLength: 20, unit: oneOf('ab 1,;="é\u{1f680}\t') }),
    body: bodyBytes,
    contentType: fc.constantFrom(undefined, ...contentTypes),
    chunked: fc.boolean(),
  })
  .map(({ method, path, query, spareAmpersand, header, body, contentType, chunked }) => {
    const bytes = bodyOf(method, Buffer.from(body));
    const written = query.map(([name, value, bare]) =>
      value.text === "" && bare ? name.spelled : `${name.spelled}=${value.spelled}`,
    );
    const joined = written.join(spareAmpersand ? "&&" : "&");
    return {
      segments: path.map(({ text }) => text),
      pairs: query.map(([name, value]) => [name.text, value.text] as const),
      header: header.replaceAll(/^[ \t]+|[ \t]+$/g, ""),
      request: {
        method,
        target: `/echo/${path.map(({ spelled }) => spelled).join("/")}${written.length === 0 ? "" : `?${joined}`}`,
        headers: [
          ["X-Meant", Buffer.from(header, "utf8").toString("latin1")],
          ...(contentType === undefined ? [] : [["Content-Type", contentType] as const]),
          // CloudFront shows no function the body of a DELETE.
          ...(method === "DELETE" && bytes !== undefined ? [hashOf(bytes)] : []),
        ],
        body: bytes,
        chunked: chunked && bytes !== undefined,
      },
    };
  });

function bodyOf(method: string, bytes: Buffer): Buffer | undefined {
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return undefined;
  return method === "DELETE" && bytes.length % 2 === 0 ? undefined : bytes;
}

function hashOf(bytes: Buffer): readonly [string, string] {
  return ["X-Amz-Content-Sha256", createHash("sha256").update(bytes).digest("hex")];
}

/** Whether some server could read a dot segment into this path, however strangely: then it may be refused. */
export function mayHaveDotSegment(target: string): boolean {
  const [path = ""] = target.split("?");
  return decodeURIComponent(path)
    .replaceAll(/[\t\r\n]/g, "")
    .split(/[/\\?#;]/)
    .some((segment) => /^(?:\.|%2e){1,2}[\0- ]*$/i.test(segment));
}

/** What makes one habit of some server change a path, as it is on the wire. */
const writtenOddities = [/;/, /;/, /%2F/i, /%5C/i, /%0[9AD]/i, /%(?!2F|5C)/i];
/** The same once it is decoded; whether the end is one depends on what was cut off before. */
const meantOddities = [/[\0- ]/, /[?#]/, /;/, /[/\\][\t\r\n]*[/\\;]/, /[/\\][\0- ]*(?:[;?#]|$)/];

/** Whether its readings can be too many. Each habit doubles them at most; 64 are allowed, or 32,768 characters together. */
export function mayHaveManyReadings(target: string): boolean {
  const [path = ""] = target.split("?");
  const meant = decodeURIComponent(path);
  const habits =
    writtenOddities.filter((oddity) => oddity.test(path)).length +
    meantOddities.filter((oddity) => oddity.test(meant)).length;
  return 2 ** habits > Math.min(64, 32_768 / path.length);
}
