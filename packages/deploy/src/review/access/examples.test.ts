import { type AccessOptions, defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import { countExamples, untrueExamples } from "./examples.ts";

const options = {
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/admin/*": { groups: ["admin"] },
    "/staff/*": { groups: ["staff"], scopes: ["api/read"] },
    "POST /reports/*": { scopes: ["api/write"] },
    "/jobs/*": { services: ["arn:aws:iam::123456789012:role/job"] },
  },
} as const satisfies AccessOptions<string>;

function untrue(
  examples: Readonly<Record<string, Readonly<Record<string, number>>>>,
  peopleScopes: readonly string[] = [],
): readonly string[] {
  const found = untrueExamples(defineAccess({ ...options, examples }), { peopleScopes });
  return found.map(({ request, what }) => `${request} ${what}`);
}

test("says nothing of examples that are so", () => {
  expect(
    untrue({
      "GET /": { alice: 200, machine: 304, anybody: 401 },
      "GET /admin/x": { ada: 200, alice: 403, staff: 403, machine: 403 },
      "POST /reports/7": { machine: 202, "machine:api/read": 403, ada: 403, anybody: 401 },
      "POST /jobs/1": {
        "arn:aws:iam::123456789012:role/job": 202,
        "arn:aws:iam::123456789012:role/other": 403,
        "arn:aws:sts::123456789012:assumed-role/job/x": 200,
      },
      "TRACE /": { ada: 405 },
      "GET /ADMIN/x": { ada: 400 },
    }),
  ).toEqual([]);
});

test("says of each that is not so what is", () => {
  expect(
    untrue({
      "POST /reports/7": { ada: 202, machine: 403 },
      "GET /ADMIN": { ada: 403 },
      "GET /.auth/me": { ada: 200 },
      "GET /x": { bob: 200, "machine:": 401 },
    }),
  ).toEqual([
    'POST /reports/7 says 202 for ada, who is refused by "POST /reports/*" with 403 access_denied',
    'POST /reports/7 says 403 for machine, who is let in by "POST /reports/*"',
    "GET /ADMIN says 403 for ada, who is refused with 400 path_ambiguous",
    "GET /.auth/me says 200 for ada, who is answered by the guard itself",
    "GET /x names bob, and there are only anybody, a person of the local stack, machine, machine:<scope>,<scope>, or the ARN of an IAM role",
    "GET /x names machine:, and there are only anybody, a person of the local stack, machine, machine:<scope>,<scope>, or the ARN of an IAM role",
  ]);
});

test("people have the scopes that the stage gives them", () => {
  const examples = { "GET /staff/x": { staff: 200 } };
  expect(untrue(examples, ["api/read"])).toEqual([]);
  expect(untrue(examples)).toEqual([
    'GET /staff/x says 200 for staff, who is refused by "/staff/*" with 403 access_denied',
  ]);
});

test("counts callers, not requests", () => {
  const examples = { "GET /": { alice: 200, anybody: 401 }, "GET /x": { ada: 200 } };
  expect(countExamples(defineAccess({ ...options, examples }))).toBe(3);
  expect(countExamples(defineAccess(options))).toBe(0);
});
