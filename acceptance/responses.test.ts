import { beforeAll, describe, expect, test } from "vitest";

import { viaApp, type Sent } from "./support/client.ts";
import { loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

const problem = "application/problem+json";

describe("what the backend answers arrives", () => {
  const answers: [what: string, sent: Sent, status: number, type: string, body: RegExp][] = [
    ["with a body", { path: "/me" }, 200, "application/json", /"kind":"user"/],
    ["to HEAD", { method: "HEAD", path: "/files/a" }, 200, "application/octet-stream", /^$/],
    ["to a query that it refuses", { path: "/stream?events=0" }, 400, problem, /invalid_request/],
    ["to a path that is nowhere", { path: "/nowhere" }, 404, problem, /"code":"not_found"/],
    ["to HEAD of nowhere", { method: "HEAD", path: "/nowhere" }, 404, problem, /^$/],
  ];
  test.each(answers)("%s", async (_what, sent, status, type, body) => {
    const answer = await viaApp(target, { ...sent, token: target.tokens.id });
    expect([answer.status, answer.header("content-type")]).toEqual([status, type]);
    expect(answer.text()).toMatch(body);
    expect(answer.headers.filter(([name]) => name.startsWith("x-amzn-remapped-"))).toEqual([]);
  });
});

test("a 200 of the backend is a Miss and its refusal an Error to CloudFront, which keeps neither", async () => {
  for (const [path, result] of [
    ["/public/health", "Miss"],
    ["/public/nowhere", "Error"],
  ]) {
    for (const _ of [1, 2]) {
      const answer = await viaApp(target, { path: path ?? "" });
      expect(answer.header("x-cache")).toBe(`${result} from cloudfront`);
      expect(answer.header("age")).toBeUndefined();
    }
  }
});
