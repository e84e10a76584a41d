import { spawn } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";

import { createFetch } from "@sst-gatehouse/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { viaApp, type Answer, type Sent } from "../support/client.ts";
import { addedHeaders } from "./added-headers.ts";
import { etag, type AskedAnswer } from "./answering-backend/app.ts";
import { startAnsweringStack, type AnsweringStack, type InvokeMode } from "./answering-stack.ts";
import { openAnswer, type Opened } from "./streaming-stack.ts";

const modes: readonly InvokeMode[] = ["RESPONSE_STREAM", "BUFFERED"];
const started = new Map<InvokeMode, AnsweringStack>();
beforeAll(async () => {
  for (const mode of modes) {
    started.set(mode, await startAnsweringStack(mode));
  }
});
afterAll(async () => {
  await Promise.all([...started.values()].map(({ stack }) => stack.close()));
});

function behind(mode: InvokeMode): AnsweringStack {
  const found = started.get(mode);
  if (found === undefined) throw new TypeError(`no stack has the mode ${mode}`);
  return found;
}

function call(mode: InvokeMode, sent: Sent): Promise<Answer> {
  const { outputs } = behind(mode).stack;
  return viaApp(outputs, { ...sent, token: outputs.tokens.id });
}

function ask(asked: AskedAnswer, method = "GET"): Sent {
  return { method, path: `/answer?as=${encodeURIComponent(JSON.stringify(asked))}` };
}

/** The headers of an answer that are neither Lambda's and CloudFront's own nor about its length, sorted. */
function ownHeaders({ headers }: Answer): readonly (readonly [string, string])[] {
  return headers
    .filter(([name]) => !added.has(name) && name !== "content-length")
    .toSorted(([a], [b]) => a.localeCompare(b));
}

const added = new Set(addedHeaders);

const kept: AskedAnswer["headers"] = [
  ["cache-control", "private, no-store"],
  ["content-type", "text/plain"],
];
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const base64 = (body: string | Buffer): string => Buffer.from(body).toString("base64");

const answers: [what: string, asked: AskedAnswer][] = [
  ["200", { status: 200, headers: kept, body: base64("hello") }],
  ["201", { status: 201, headers: [...kept, ["location", "/things/1"]], body: base64("{}") }],
  ["202 without a body", { status: 202, headers: kept }],
  ["204", { status: 204, headers: [...kept, ["etag", '"a"']] }],
  [
    "206",
    { status: 206, headers: [...kept, ["content-range", "bytes 0-4/11"]], body: base64("hello") },
  ],
  ...[301, 302, 303, 307, 308].map((status): [string, AskedAnswer] => [
    String(status),
    { status, headers: [...kept, ["location", "/elsewhere?a=b#c"]] },
  ]),
  ["304", { status: 304, headers: [...kept, ["etag", 'W/"a"']] }],
  ...[400, 401, 403, 404, 409, 416, 422, 429, 500, 502, 503].map(
    (status): [string, AskedAnswer] => [
      String(status),
      { status, headers: [...kept, ["retry-after", "5"]], body: base64("why") },
    ],
  ),
  [
    "what caches are told",
    {
      status: 200,
      headers: [
        ["cache-control", "public, max-age=60"],
        ["content-type", "a/b"],
      ],
    },
  ],
  ["every byte", { status: 200, headers: kept, body: base64(everyByte) }],
  ["an empty value", { status: 200, headers: [...kept, ["x-empty", ""]] }],
];

describe.each(modes)("through %s, an answer arrives as a route gave it:", (mode) => {
  test.each(answers)("%s", async (_what, asked) => {
    const body = Buffer.from(asked.body ?? "", "base64");
    const [got, head] = [await call(mode, ask(asked)), await call(mode, ask(asked, "HEAD"))];
    const headers = [...asked.headers, ["vary", "Origin"]].toSorted(([a = ""], [b = ""]) =>
      a.localeCompare(b),
    );
    expect([got.status, ownHeaders(got), got.body.toString("latin1")]).toEqual([
      asked.status,
      headers,
      body.toString("latin1"),
    ]);
    expect([head.status, ownHeaders(head), head.body.length]).toEqual([asked.status, headers, 0]);
  });

  test("cookies on separate lines, other repeated headers in one", async () => {
    const cookies = ["a=1; Path=/; HttpOnly", "b=2; Expires=Sun, 22 Nov 2026 12:00:00 GMT", "a=3"];
    const answer = await call(
      mode,
      ask({
        status: 200,
        headers: [
          ...kept,
          ...cookies.map((cookie): [string, string] => ["set-cookie", cookie]),
          ["link", "</a>"],
          ["link", "</b>"],
          ["vary", "Accept"],
        ],
      }),
    );
    expect(valuesOf(answer, "set-cookie")).toEqual(cookies);
    expect(valuesOf(answer, "link")).toEqual(["</a>, </b>"]);
    expect(valuesOf(answer, "vary")).toEqual(["Accept, Origin"]);
  });

  test("text beyond ASCII in a header, as UTF-8", async () => {
    const headers: AskedAnswer["headers"] = [...kept, ["x-name", "caf\u00e9"]];
    const answer = await call(mode, ask({ status: 200, headers }));
    expect(Buffer.from(answer.header("x-name") ?? "", "latin1").toString("utf8")).toBe("café");
  });

  test("its challenge and its date under other names, and its framing not at all", async () => {
    const headers: AskedAnswer["headers"] = [
      ...kept,
      ["www-authenticate", "Bearer"],
      ["date", "Thu, 01 Jan 2026 00:00:00 GMT"],
      ["content-length", "99"],
      ["connection", "close"],
    ];
    const answer = await call(mode, ask({ status: 401, headers, body: base64("hello") }));
    expect([answer.text(), answer.header("x-gatehouse-content-length")]).toEqual(["hello", "99"]);
    expect(answer.headers.filter(([name]) => name.startsWith("x-amzn-remapped-"))).toEqual([
      ["x-amzn-remapped-date", "Thu, 01 Jan 2026 00:00:00 GMT"],
      ["x-amzn-remapped-www-authenticate", "Bearer"],
    ]);
    expect(answer.header("www-authenticate")).toBeUndefined();
  });
});

describe.each(modes)("through %s, the client's conditions reach the backend:", (mode) => {
  test("If-None-Match, answered 304 without a body", async () => {
    const answer = await call(mode, { path: "/document", headers: { "if-none-match": etag } });
    expect([answer.status, answer.body.length, answer.header("etag")]).toEqual([304, 0, etag]);
    expect(answer.header("cache-control")).toBe("private, no-cache");
    expect(answer.header("vary")).toBe("Accept, Cookie, Origin");
  });

  test("If-None-Match of something older, answered whole", async () => {
    const answer = await call(mode, { path: "/document", headers: { "if-none-match": '"old"' } });
    expect([answer.status, answer.text(), answer.header("etag")]).toEqual([
      200,
      "the whole document",
      etag,
    ]);
  });

  test("Range, answered with the part and its place", async () => {
    const answer = await call(mode, { path: "/document", headers: { range: "bytes=4-8" } });
    expect([answer.status, answer.text(), answer.header("content-range")]).toEqual([
      206,
      "whole",
      "bytes 4-8/18",
    ]);
  });
});

describe("the modes differ in", () => {
  test.each<[InvokeMode, encoding: string | undefined, body: Buffer]>([
    ["RESPONSE_STREAM", undefined, Buffer.from("hi")],
    ["BUFFERED", "gzip", gzipSync("hi")],
  ])("what %s makes of bytes that the backend compressed", async (mode, encoding, body) => {
    const headers: AskedAnswer["headers"] = [...kept, ["content-encoding", "gzip"]];
    const asked = { status: 200, headers, body: base64(gzipSync("hi")) };
    const answer = await call(mode, ask(asked));
    expect([answer.header("content-encoding"), answer.body]).toEqual([encoding, body]);
  });

  test.each<[InvokeMode, string | undefined, string | undefined]>([
    ["RESPONSE_STREAM", undefined, "chunked"],
    ["BUFFERED", "5", undefined],
  ])("how %s says where the body ends", async (mode, length, encoding) => {
    const answer = await call(mode, ask({ status: 200, headers: kept, body: base64("hello") }));
    expect([answer.header("content-length"), answer.header("transfer-encoding")]).toEqual([
      length,
      encoding,
    ]);
  });

  test.each<[InvokeMode, string]>([
    ["RESPONSE_STREAM", "application/octet-stream"],
    ["BUFFERED", "application/json"],
  ])("the type that %s gives to a body without one", async (mode, type) => {
    const answer = await call(mode, ask({ status: 200, headers: [], body: base64("{}") }));
    expect(answer.header("content-type")).toBe(type);
  });

  // Lambda counts the result, in which the body is base64: 6 MB of it are 4.7 MB of body.
  test.each<[InvokeMode, bytes: number, status: number]>([
    ["BUFFERED", 4_700_000, 200],
    ["BUFFERED", 4_720_000, 502],
    ["RESPONSE_STREAM", 8_000_000, 200],
  ])("what %s makes of %i bytes", async (mode, bytes, status) => {
    const answer = await call(mode, { path: `/zeros?bytes=${bytes}` });
    const refused = Buffer.from("Internal Server Error");
    expect(answer.status).toBe(status);
    expect(answer.body.equals(status === 200 ? Buffer.alloc(bytes) : refused)).toBe(true);
  });
});

describe.each(["throws", "exits"])("a route that %s in the middle", (how) => {
  const path = (released: string): string => `/interrupted?how=${how}&released=${released}`;

  test("of a stream ends it behind what it wrote, like a whole one", async () => {
    const { stack, release } = behind("RESPONSE_STREAM");
    const { response, next } = await openAnswer(stack, path(`stream-${how}`));
    // Only now may the backend go on.
    expect([response.statusCode, String(await next())]).toEqual([200, "begun, "]);
    release(`stream-${how}`);
    expect(await rest(next)).toMatch(how === "throws" ? /^half done$/ : /^(half done)?$/);
    expect(response.complete).toBe(true);
  });

  test("of a stream is nothing that curl would complain of", async () => {
    const { stack, release } = behind("RESPONSE_STREAM");
    const { host, port, origin } = new URL(stack.outputs.appUrl);
    const dial = ["--connect-to", `${host}:127.0.0.1:${port}`];
    const url = `${origin}${path(`curl-${how}`)}`;
    const curl = spawn("curl", [
      "--fail",
      "--no-buffer",
      "--silent",
      ...dial,
      "--header",
      "@-",
      url,
    ]);
    curl.stdin.end(`Authorization: Bearer ${stack.outputs.tokens.access}\n`);
    let printed = "";
    curl.stdout.on("data", (text) => {
      printed += String(text);
      release(`curl-${how}`);
    });
    await once(curl, "close");
    expect(curl.exitCode).toBe(0);
    expect(printed).toMatch(how === "throws" ? /^begun, half done$/ : /^begun, (half done)?$/);
  });

  test("of a body with a known length is an error to createFetch, behind the part that came", async () => {
    const { stack, release } = behind("RESPONSE_STREAM");
    const { appUrl: origin, tokens } = stack.outputs;
    const ourFetch = createFetch({ origin, token: () => tokens.access, fetch: overLoopback });
    const answer = await ourFetch(`${path(`length-${how}`)}&length=22`);
    const reader = answer.body?.getReader();
    const begun = await reader?.read();
    expect([answer.ok, new TextDecoder().decode(begun?.value)]).toEqual([true, "begun, "]);
    release(`length-${how}`);
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow(/^the answer broke off after (7|16) of 22 bytes: the backend failed/);
  });

  test("of an event stream can be seen by its last event where the backend could still write one", async () => {
    const { stack, release } = behind("RESPONSE_STREAM");
    const { response, next } = await openAnswer(
      stack,
      `${path(`events-${how}`)}&type=text/event-stream`,
    );
    expect(String(await next())).toBe("data: begun\n\n");
    release(`events-${how}`);
    expect(await rest(next)).toMatch(
      how === "throws"
        ? /^data: ha\nevent: error\ndata: \{"code":"body_failed","requestId":"[\w=-]+"\}\n\n$/
        : /^(data: ha)?$/,
    );
    expect(response.complete).toBe(true);
  });

  test("of a buffered answer is 502 and nothing else", async () => {
    behind("BUFFERED").release(`buffered-${how}`);
    const answer = await call("BUFFERED", { path: path(`buffered-${how}`) });
    expect([answer.status, answer.text()]).toEqual([502, "Internal Server Error"]);
  });

  test("takes no later request along", async () => {
    for (const mode of modes) {
      behind(mode).release("later");
      const answer = await call(mode, { path: "/interrupted?released=later" });
      expect([answer.status, answer.text()]).toEqual([200, "begun, half done, done"]);
    }
  });
});

function valuesOf({ headers }: Answer, wanted: string): string[] {
  return headers.filter(([name]) => name === wanted).map(([, value]) => value);
}

async function rest(next: Opened["next"]): Promise<string> {
  let text = "";
  for (let chunk = await next(); chunk !== undefined; chunk = await next()) text += String(chunk);
  return text;
}

/** Node's resolver does not know the stack's names. */
const overLoopback: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const { host, port, pathname, search } = new URL(request.url);
  const headers = { ...Object.fromEntries(request.headers), host };
  const outgoing = httpRequest({ host: "127.0.0.1", port, path: pathname + search, headers });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("error", reject).on("response", resolve).end();
  });
  const answered = Object.entries(response.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
  void pipeline(response, Writable.fromWeb(writable));
  return new Response(readable, { status: response.statusCode ?? 0, headers: answered });
};
