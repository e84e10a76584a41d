import { expect, test } from "vitest";

import { readAnswer } from "./corpus/raw-answer.ts";

const ok = "HTTP/1.1 200 OK\r\n";

interface Row {
  readonly what: string;
  readonly method?: string;
  /** Latin-1. */
  readonly bytes: string;
  readonly status?: number;
  readonly body: string;
}

/** Whole by themselves, before the connection is closed. */
const whole: Row[] = [
  { what: "an announced length", bytes: `${ok}Content-Length: 3\r\n\r\nabc`, body: "abc" },
  { what: "a length of 0", bytes: `${ok}content-length: 0\r\n\r\n`, body: "" },
  { what: "the length and no more", bytes: `${ok}content-length: 2\r\n\r\nabc`, body: "ab" },
  {
    what: "bytes that are not text",
    bytes: `${ok}content-length: 2\r\n\r\n\xff\x00`,
    body: "\xff\x00",
  },
  {
    what: "chunks, sizes in hexadecimal",
    bytes: `${ok}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    body: "abc0123456789",
  },
  {
    what: "a chunk that holds what looks like the last",
    bytes: `${ok}transfer-encoding: chunked\r\n\r\n7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n`,
    body: "\r\n0\r\n\r\n",
  },
  {
    what: "no chunk but the last",
    bytes: `${ok}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    body: "",
  },
  { what: "HEAD with a length", method: "HEAD", bytes: `${ok}content-length: 9\r\n\r\n`, body: "" },
  {
    what: "HEAD with chunks announced",
    method: "HEAD",
    bytes: `${ok}transfer-encoding: chunked\r\n\r\n`,
    body: "",
  },
  { what: "204", bytes: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, body: "" },
  {
    what: "304 with the length of what is not sent",
    bytes: "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
    status: 304,
    body: "",
  },
  {
    what: "100 Continue first",
    bytes: `HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 1\r\n\r\na`,
    body: "a",
  },
  {
    what: "several 1xx first, with headers of their own",
    bytes: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\ncontent-length: 7\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n`,
    status: 204,
    body: "",
  },
];

test.each(whole)("reads $what", ({ method = "GET", bytes, status = 200, body }) => {
  const latin1 = Buffer.from(bytes, "latin1");
  for (const ended of [false, true]) {
    const answer = readAnswer(latin1, method, ended);
    expect(answer).toMatchObject({ kind: "whole", status });
    expect("body" in answer && answer.body.toString("latin1")).toBe(body);
  }
});

test("keeps each header line, in its order, with a lower-case name", () => {
  const lines = "Set-Cookie: a=1\r\nX-Odd:  b: c \r\nset-cookie: \xe9\r\ncontent-length: 0";
  expect(readAnswer(Buffer.from(`${ok}${lines}\r\n\r\n`, "latin1"), "GET", false)).toMatchObject({
    headers: [
      ["set-cookie", "a=1"],
      ["x-odd", "b: c"],
      ["set-cookie", "\xe9"],
      ["content-length", "0"],
    ],
  });
});

/** More has to come, whatever more that is. */
const cutOff: [where: string, bytes: string][] = [
  ["before the first byte", ""],
  ["in the status line", "HTTP/1.1 2"],
  ["before the empty line", `${ok}content-length: 0\r\n`],
  ["after 100 Continue", "HTTP/1.1 100 Continue\r\n\r\n"],
  ["before the announced length", `${ok}content-length: 3\r\n\r\nab`],
  ["in a chunk's size", `${ok}transfer-encoding: chunked\r\n\r\n1`],
  ["in a chunk", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nab`],
  ["after a chunk's bytes", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nabc`],
  ["between two chunks", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`],
  ["before the last empty line", `${ok}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n`],
];

test.each(cutOff)("waits for more when cut off %s, and throws at the end", (_where, bytes) => {
  const latin1 = Buffer.from(bytes, "latin1");
  expect(readAnswer(latin1, "GET", false)).toEqual({ kind: "unfinished" });
  expect(() => readAnswer(latin1, "GET", true)).toThrow(
    "the connection closed before the answer was whole",
  );
});

test("takes an answer without a length as whole when the connection closes", () => {
  const bytes = Buffer.from(`${ok}\r\nabc`);
  expect(readAnswer(bytes, "GET", false)).toEqual({ kind: "unfinished" });
  expect(readAnswer(bytes, "GET", true)).toEqual({
    kind: "whole",
    status: 200,
    headers: [],
    body: Buffer.from("abc"),
  });
});

test("refuses a chunk without a size", () => {
  const bytes = Buffer.from(`${ok}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n`);
  expect(() => readAnswer(bytes, "GET", false)).toThrow("not HTTP: a chunk has no size");
});

test.each(["HTTP/1.0 200 OK", "HTTP/2 200", "HTTP/1.1 OK", "<html>"])("refuses %s", (line) => {
  expect(() => readAnswer(Buffer.from(`${line}\r\n\r\n`), "GET", false)).toThrow(
    `not HTTP: ${line}`,
  );
});
