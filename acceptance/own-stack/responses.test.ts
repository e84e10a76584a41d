import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { RawAnswer } from "../corpus/raw-answer.ts";
import { sendRaw } from "../corpus/raw-client.ts";
import { addedHeaders } from "./added-headers.ts";
import { ask, startStreamingStack, type StreamingStack } from "./streaming-stack.ts";

let started: StreamingStack;
beforeAll(async () => {
  started = await startStreamingStack();
});
afterAll(() => started.stack.close());

/** What a backend answers, as Lambda's stream prelude has it. */
interface Head {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
}

function answerOf(head: Head, body?: Buffer, method = "GET"): Promise<RawAnswer> {
  const { outputs } = started.stack;
  const asked = { head, ...(body === undefined ? {} : { body: body.toString("base64") }) };
  return sendRaw(
    outputs.appUrl,
    { method, target: ask("/answer", asked), headers: [], body: undefined, chunked: false },
    [["Authorization", `Bearer ${outputs.tokens.access}`]],
  );
}

const added = new Set([...addedHeaders, "keep-alive"]);

function ownHeaders({ headers }: RawAnswer): readonly (readonly [string, string])[] {
  return headers.filter(([name]) => !added.has(name));
}

const text = { "content-type": "text/plain" };
const html = "<h1>gone</h1>";

const answers: [what: string, head: Head, body?: Buffer][] = [
  ["200", { statusCode: 200, headers: text }, Buffer.from("hello")],
  ["201 with a location", { statusCode: 201, headers: { ...text, location: "/things/1" } }],
  ["202", { statusCode: 202, headers: text }, Buffer.from("later")],
  [
    "206 with its range",
    {
      statusCode: 206,
      headers: { ...text, "content-range": "bytes 0-4/11", "accept-ranges": "bytes" },
    },
    Buffer.from("hello"),
  ],
  ["301", { statusCode: 301, headers: { ...text, location: "https://example.com/a?b=c#d" } }],
  ["302", { statusCode: 302, headers: { ...text, location: "/a" } }],
  ["303", { statusCode: 303, headers: { ...text, location: "../a" } }],
  ["307", { statusCode: 307, headers: { ...text, location: "/a" } }],
  ["308", { statusCode: 308, headers: { ...text, location: "/a" } }],
  [
    "400",
    { statusCode: 400, headers: { "content-type": "application/problem+json" } },
    Buffer.from("{}"),
  ],
  ["403", { statusCode: 403, headers: text }, Buffer.from("no")],
  [
    "404 with a page",
    { statusCode: 404, headers: { "content-type": "text/html" } },
    Buffer.from(html),
  ],
  ["405 with what is allowed", { statusCode: 405, headers: { ...text, allow: "GET, POST" } }],
  ["409", { statusCode: 409, headers: text }],
  ["410", { statusCode: 410, headers: text }],
  ["412", { statusCode: 412, headers: { ...text, etag: '"a"' } }],
  ["416 with the size", { statusCode: 416, headers: { ...text, "content-range": "bytes */11" } }],
  ["418", { statusCode: 418, headers: text }, Buffer.from("short and stout")],
  ["422", { statusCode: 422, headers: text }],
  ["429 with when to come back", { statusCode: 429, headers: { ...text, "retry-after": "120" } }],
  ["500 with its body", { statusCode: 500, headers: text }, Buffer.from("sorry")],
  ["502 of the backend's own", { statusCode: 502, headers: text }, Buffer.from("their fault")],
  ["503 with when to come back", { statusCode: 503, headers: { ...text, "retry-after": "5" } }],
  ["599", { statusCode: 599, headers: text }],
  [
    "an entity tag and a date",
    {
      statusCode: 200,
      headers: { ...text, etag: 'W/"a"', "last-modified": "Sun, 22 Nov 2026 12:00:00 GMT" },
    },
  ],
  [
    "a download's name in UTF-8 as browsers want it",
    {
      statusCode: 200,
      headers: { ...text, "content-disposition": "attachment; filename*=UTF-8''caf%C3%A9.txt" },
    },
  ],
  [
    "caching",
    { statusCode: 200, headers: { ...text, "cache-control": "public, max-age=60, s-maxage=600" } },
  ],
  [
    "a list in one line",
    { statusCode: 200, headers: { ...text, link: '</a>; rel="next", </b>; rel="prev"' } },
  ],
  [
    "CORS of its own",
    { statusCode: 200, headers: { ...text, "access-control-allow-origin": "https://a.example" } },
  ],
  [
    "every byte",
    { statusCode: 200, headers: { "content-type": "image/png" } },
    Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
  ],
];

describe("an answer arrives as the backend sent it:", () => {
  test.each(answers)("%s", async (_what, head, body = Buffer.alloc(0)) => {
    const answer = await answerOf(head, body);
    expect([answer.status, ownHeaders(answer), answer.body.toString("latin1")]).toEqual([
      head.statusCode,
      Object.entries(head.headers ?? {}),
      body.toString("latin1"),
    ]);
  });

  test.each([204, 304])("%i, without a body, with its headers", async (statusCode) => {
    const headers = { ...text, etag: '"a"', "cache-control": "private" };
    const answer = await answerOf({ statusCode, headers });
    expect([answer.status, ownHeaders(answer), answer.body.length]).toEqual([
      statusCode,
      Object.entries(headers),
      0,
    ]);
  });

  test("every cookie on a separate line, in order, attributes and all", async () => {
    const cookies = [
      "a=1; Path=/; HttpOnly; Secure; SameSite=Lax",
      "b=2; Expires=Sun, 22 Nov 2026 12:00:00 GMT",
      "a=3; Path=/other",
      "empty=; Max-Age=0",
    ];
    const answer = await answerOf({
      statusCode: 302,
      headers: { ...text, location: "/" },
      cookies,
    });
    expect(
      answer.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value),
    ).toEqual(cookies);
  });

  test("compression of its own only until Lambda, which decodes it and says nothing of it", async () => {
    const headers = { ...text, "content-encoding": "gzip", vary: "Accept-Encoding" };
    const hello = "hello ".repeat(1000);
    const answer = await answerOf({ statusCode: 200, headers }, gzipSync(hello));
    expect([answer.status, ownHeaders(answer), answer.body.toString()]).toEqual([
      200,
      Object.entries({ ...text, vary: "Accept-Encoding" }),
      hello,
    ]);
  });

  test("to HEAD without its body", async () => {
    const answer = await answerOf({ statusCode: 200, headers: text }, Buffer.from("hello"), "HEAD");
    expect([answer.status, ownHeaders(answer), answer.body.length]).toEqual([
      200,
      Object.entries(text),
      0,
    ]);
  });
});

/** AWS is known to rename the first two. The others are assumed, as API Gateway does it. */
const renamed = [
  "www-authenticate",
  "content-length",
  "authorization",
  "connection",
  "content-md5",
  "date",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
];

describe("what Lambda keeps for itself arrives under another name:", () => {
  test.each(renamed)("%s", async (name) => {
    const value = name === "content-length" ? "5" : "a=b";
    const head = { statusCode: 401, headers: { ...text, [name]: value } };
    const answer = await answerOf(head, Buffer.from("hello"));
    expect([answer.status, ownHeaders(answer), answer.body.toString()]).toEqual([
      401,
      [...Object.entries(text), [`x-amzn-remapped-${name}`, value]],
      "hello",
    ]);
  });
});
