import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, test } from "vitest";

import { viaApp, type Answer } from "./support/client.ts";
import { signIn } from "./support/oauth.ts";
import { loadTarget, type Target } from "./support/target.ts";

// CloudFront keeps errors for ten seconds where it caches. What one person is refused, another asks for in that time.

let target: Target;
let plain: string;
let admin: string;
beforeAll(async () => {
  target = loadTarget();
  plain = target.tokens.id;
  const user = target.users.find(({ groups }) => groups.includes("admin"));
  if (user === undefined) throw new Error("the chain has no user in the group admin");
  admin = (await signIn(target, user)).id;
});

interface Asked {
  readonly status: number;
  readonly code: unknown;
  /** Every answer has its own, unless it was given before. */
  readonly requestId: unknown;
  readonly age: string | undefined;
  readonly cacheControl: string | undefined;
}

async function ask(path: string, token?: string): Promise<Asked> {
  const answer = await viaApp(target, { path, ...(token !== undefined && { token }) });
  const { code, requestId } = problemIn(answer);
  return {
    status: answer.status,
    code,
    requestId,
    age: answer.header("age"),
    cacheControl: answer.header("cache-control"),
  };
}

function problemIn(answer: Answer): Record<string, unknown> {
  return answer.header("content-type")?.startsWith("application/problem+json") === true
    ? answer.json()
    : {};
}

describe("an error that one person gets", () => {
  test("of the guard is nobody else's answer for the same path, in any order", async () => {
    const path = `/admin/${randomUUID()}`;
    const answers = [
      await ask(path),
      await ask(path, plain),
      await ask(path, admin),
      await ask(path, plain),
      await ask(path),
    ];
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [401, "token_missing"],
      [403, "access_denied"],
      [200, undefined],
      [403, "access_denied"],
      [401, "token_missing"],
    ]);
    expectNoneKept(answers);
  });

  test.each([
    ["404", () => `/${randomUUID()}`, 404, "not_found"],
    ["400", () => `/files/${randomUUID()}?bytes=no`, 400, "invalid_request"],
  ])("of the backend, a %s, is nobody else's", async (_what, pathOf, status, code) => {
    const path = pathOf();
    const answers = [
      await ask(path, plain),
      await ask(path, admin),
      await ask(path),
      await ask(path, plain),
    ];
    expect(answers.map((answer) => [answer.status, answer.code])).toEqual([
      [status, code],
      [status, code],
      [401, "token_missing"],
      [status, code],
    ]);
    expectNoneKept(answers);
  });
});

/** Also where the origin's answer came from the same person. */
function expectNoneKept(answers: readonly Asked[]): void {
  expect(answers.map(({ age }) => age)).toEqual(answers.map(() => undefined));
  for (const { cacheControl } of answers) expect(cacheControl).toMatch(/no-store/);
  const ids = answers.flatMap(({ requestId }) => requestId ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe(answers.filter(({ status }) => status >= 400).length);
}
