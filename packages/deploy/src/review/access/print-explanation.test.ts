import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { explain } from "./explain.ts";
import { printExplanation } from "./print-explanation.ts";

const access = defineAccess({
  scopes: ["api/write"],
  rules: { "/x/*": "signed-in", "/Admin/*": { groups: ["admin"] }, "POST /x/*": "anyone" },
});

function told(method: string, path: string): string {
  const asked = { who: "anybody", words: "no token", method, path };
  return printExplanation(asked, explain(access, { method, path, caller: { kind: "anonymous" } }));
}

test("a refusal is told with its words, the rule, and whom that admits", () => {
  expect(told("GET", "/x/1")).toBe(`GET /x/1
  who     anybody: no token
  rule    /x/*
  admits  everyone who has signed in; every machine; every IAM service
  answer  401 token_missing: This needs a signed-in caller. Send \`Authorization: Bearer <token>\`.

The path as somebody could read it
  /x/1  /x/*
`);
});

test("a path with several readings is told with the rule of each", () => {
  expect(told("POST", "/x/%0a;/")).toBe(`POST /x/%0a;/
  who     anybody: no token
  rule    POST /x/*
  admits  anyone, without signing in
  answer  let in: the backend answers

The path as somebody could read it
  /x/%0a;/  POST /x/*
  /x/%0a    POST /x/*
  /x/%0a/   POST /x/*
  /x/;/     POST /x/*
  /x/       POST /x/*
  /x//      POST /x/*
  /x/\\n;/   POST /x/*
  /x/\\n     POST /x/*
  /x/\\n/    POST /x/*
  /x/%0a;   POST /x/*
  /x/;      POST /x/*
  /x        POST /x/*
  /x/\\n;    POST /x/*
`);
});

test("readings that fall under different rules are told apart, in lower case too", () => {
  expect(told("GET", "/admin")).toBe(`GET /admin
  who     anybody: no token
  rule    none: the readings fall under different ones
  answer  400 path_ambiguous: The path can be read in ways that fall under different access rules;
          send its plain form.

The path as somebody could read it
  /admin                 no rule
  /admin, in lower case  /Admin/*
`);
});

test.each([
  ["GET", "/other", "none covers the path", "403 access_denied: You may not call this."],
  ["GET", "/x/../y", "none was asked", "400 path_malformed: The path has a dot segment"],
  ["GET", "/.auth/me", "none was asked", "the guard answers this address itself"],
  ["TRACE", "/x/1", "none was asked", "405 method_not_allowed: This method is not served here."],
])("%s %s: %s", (method, path, rule, answer) => {
  const text = told(method, path);
  expect(text).toContain(`  rule    ${rule}\n`);
  expect(text.replaceAll(/\n {10}/g, " ")).toContain(`  answer  ${answer}`);
});
