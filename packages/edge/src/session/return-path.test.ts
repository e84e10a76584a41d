import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import { describe, expect, test } from "vitest";

import { isReturnPath, returnPathOf } from "./return-path.ts";

const refused: [what: string, path: string][] = [
  ["nothing", ""],
  ["no slash in front", "evil.example"],
  ["a host", "//evil.example"],
  ["the host that stands for this one while a path is judged", "//own.invalid/x"],
  ["a host behind three slashes", "///evil.example"],
  ["a host behind four", "////evil.example"],
  ["a host behind a backslash", String.raw`/\evil.example`],
  ["a host behind two backslashes", String.raw`\\evil.example`],
  ["a backslash and a slash", String.raw`\/evil.example`],
  ["a backslash later on", String.raw`/x\..\..\evil.example`],
  ["a backslash in the query", String.raw`/x?\evil`],
  ["an address", "https://evil.example/"],
  ["an address without slashes", "https:evil.example"],
  ["an address with one slash", "http:/evil.example"],
  ["another scheme", "javascript:alert(1)"],
  ["a data address", "data:text/html,x"],
  ["a user name", "@evil.example"],
  ["a space in front", " //evil.example"],
  ["a space after the slash", "/ /evil.example"],
  ["a space within", "/a b"],
  ["a tab between the slashes", "/\t/evil.example"],
  ["a line feed between the slashes", "/\n/evil.example"],
  ["a carriage return between the slashes", "/\r/evil.example"],
  ["a tab in front", "\t//evil.example"],
  ["a line feed at the end", "/x\n"],
  ["another header", "/x\r\nset-cookie: a=b"],
  ["a NUL", "/\0/evil.example"],
  ["a DEL", "/\u007f/evil.example"],
  ["a C1 control", "/\u0085/evil.example"],
  ["a fullwidth slash", "/\uff0fevil.example"],
  ["a division slash", "/\u2215evil.example"],
  ["a fraction slash", "/\u2044evil.example"],
  ["a fullwidth backslash", "/\uff3cevil.example"],
  ["an ideographic full stop", "/evil\u3002example"],
  ["a zero-width space", "/\u200b/evil.example"],
  ["a right-to-left override", "/\u202eelpmaxe.live"],
  ["a lone surrogate", "/\ud800"],
  ["letters beyond ASCII", "/straße"],
  ["a quote", '/x?"'],
  ["a broken escape in the path", "/%zz"],
  ["a half escape in the path", "/%2"],
  ["bytes that are no UTF-8", "/%ff"],
  ["an escaped NUL", "/%00"],
  ["the guard's own routes", "/.auth"],
  ["a sign-out", "/.auth/logout"],
  ["a sign-out with a query", "/.auth/logout?return_to=/x"],
  ["the guard's own routes in capitals", "/.AUTH/logout"],
  ["the guard's own routes escaped", "/%2eauth/logout"],
  ["a letter escaped", "/.%61uth/logout"],
  ["a slash escaped", "/.auth%2flogout"],
  ["a backslash escaped", "/.auth%5Clogout"],
  ["behind two slashes", "/x/..//.auth/logout"],
  ["behind an escaped slash", "/%2f.auth/logout"],
  ["behind a parameter", "/.auth;x=1/logout"],
  ["behind dot segments", "/x/../.auth/logout"],
  ["behind a dot segment", "/./.auth/logout"],
  ["behind escaped dot segments", "/x/%2e%2e/.auth/logout"],
  ["behind half-escaped dot segments", "/x/.%2E/.auth/logout"],
  ["above the root", "/%2e%2e/.auth/"],
  ["an escaped dot segment before an escaped slash", "/x/..%2f.auth/logout"],
  ["2,049 characters", `/${"x".repeat(2048)}`],
];

test.each(refused)("is no way back: %s", (_what, path) => {
  expect(isReturnPath(path)).toBe(false);
});

const good: [what: string, path: string][] = [
  ["the start page", "/"],
  ["a path", "/reports/2026"],
  ["a slash at the end", "/reports/"],
  ["two slashes later on", "/a//b"],
  ["a query", "/x?a=1&b=2"],
  ["a query with everything", "/x?a[]=1&b={}|^`~!$'()*+,;:@/?.-_%20%2B%C3%A9&c=<>&&=&d"],
  ["an address in the query", "/x?next=//evil.example&u=https://evil.example/"],
  ["the guard's own routes in the query", "/x?next=/.auth/logout"],
  ["a broken escape in the query", "/x?50%"],
  ["an empty query", "/x?"],
  ["a fragment", "/x#part"],
  ["a fragment with a query in it", "/x?a=1#/b?c=2"],
  ["escapes", "/a%20b/%C3%A9"],
  ["an escaped slash", "/echo/a%2Fb"],
  ["an `@` after the slash", "/@evil.example"],
  ["a colon after the slash", "/https://evil.example"],
  ["what only looks like the guard's own", "/.authority/x"],
  ["the guard's own deeper down", "/docs/.auth/x"],
  ["a dot segment", "/a/../b"],
  ["2,048 characters", `/${"x".repeat(2047)}`],
];

describe.each(good)("is a way back: %s", (_what, path) => {
  test("and stays where it is, in a browser's eyes", () => {
    expect(isReturnPath(path)).toBe(true);
    expect(new URL(path, "https://own.example").origin).toBe("https://own.example");
  });
});

/** Escapes are no separators to a browser, so these stay here; a path that leads elsewhere needs a raw slash. */
test.each(["/%2f%2fevil.example", "/%2F/evil.example", "/%5cevil.example", "/.//evil.example"])(
  "%s stays on this origin",
  (path) => {
    expect(isReturnPath(path)).toBe(true);
    expect(new URL(path, "https://own.example").host).toBe("own.example");
  },
);

const request = (path: string, query: string): HttpRequest => ({
  method: "GET",
  host: "x.example",
  path,
  query,
  headers: {},
  body: { kind: "visible", bytes: new Uint8Array(0) },
});

const kept: [what: string, path: string, query: string, returnPath: string][] = [
  ["path and query", "/a%20b", "c=1&c=2&d=%2B", "/a%20b?c=1&c=2&d=%2B"],
  ["a path alone", "/a", "", "/a"],
  ["the path of a query that is too long", "/a", "x".repeat(2047), "/a"],
  ["the path of a query that no browser sends", "/a", "é", "/a"],
  ["nothing of a path that leads elsewhere", "//evil.example", "a=1", "/"],
  ["nothing of a path that is too long", `/${"x".repeat(2048)}`, "", "/"],
];

test.each(kept)("what has to wait keeps %s", (_what, path, query, returnPath) => {
  expect(returnPathOf(request(path, query))).toBe(returnPath);
});
