import { expect, test } from "vitest";

import { readProblem } from "./problem.ts";

const origin = "https://app.example";
const type = "application/problem+json";

function answer(body: string, status = 401, contentType = type): Response {
  return new Response(body, { status, headers: { "content-type": contentType } });
}

test("reads what the guard says, and leaves the answer to be read", async () => {
  const members = {
    type: "about:blank",
    title: "Unauthorized",
    status: 401,
    detail: "The token has expired.",
    code: "token_expired",
    requestId: "cf-1",
    signInUrl: "/.auth/login",
  };
  const problem = await readProblem(answer(JSON.stringify(members)), origin);
  expect(problem).toBeInstanceOf(Error);
  expect(problem).toMatchObject({
    name: "ProblemError",
    message: "The token has expired.",
    status: 401,
    code: "token_expired",
    detail: "The token has expired.",
    requestId: "cf-1",
    signInUrl: "https://app.example/.auth/login",
  });
  expect(await problem?.response.json()).toEqual(members);
});

const answers: [what: string, body: string, message: string][] = [
  ["broken JSON", "{", "The app answered 500."],
  ["nothing", "", "The app answered 500."],
  ["a list", "[]", "The app answered 500."],
  ["null", "null", "The app answered 500."],
  [
    "members of other types",
    '{"code":1,"detail":{},"requestId":[],"signInUrl":2}',
    "The app answered 500.",
  ],
  ["a title only", '{"title":"Oh"}', "Oh"],
];

test.each(answers)("makes do with %s", async (_what, body, message) => {
  const problem = await readProblem(answer(body, 500), origin);
  expect(problem?.message).toBe(message);
  expect(problem).toMatchObject({
    status: 500,
    code: undefined,
    detail: undefined,
    requestId: undefined,
    signInUrl: undefined,
  });
});

const urls: [signInUrl: string, href: string | undefined][] = [
  ["/.auth/login?return_to=/a", "https://app.example/.auth/login?return_to=/a"],
  ["https://app.example/.auth/login", "https://app.example/.auth/login"],
  ["javascript:alert(1)", undefined],
  ["data:text/html,x", undefined],
  ["//evil.example/", undefined],
  ["/\\evil.example/", undefined],
  ["https://evil.example/", undefined],
  ["http://app.example/", undefined],
  ["https://", undefined],
];

test.each(urls)("of the sign-in URL %s keeps %s", async (signInUrl, href) => {
  const problem = await readProblem(answer(JSON.stringify({ signInUrl })), origin);
  expect(problem?.signInUrl).toBe(href);
});

test.each([
  ["with a charset", "Application/Problem+JSON; charset=utf-8", 400, true],
  ["that is JSON only", "application/json", 400, false],
  ["that only begins alike", `${type}-seq`, 400, false],
  ["without an error", type, 200, false],
])("knows an answer %s", async (_what, contentType, status, isProblem) => {
  expect((await readProblem(answer("{}", status, contentType), origin)) !== undefined).toBe(
    isProblem,
  );
});
