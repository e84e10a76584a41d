import { expect, test } from "vitest";

import type { Plan } from "./plan.ts";
import { printPlan } from "./print-plan.ts";

const bare: Plan = {
  app: "shop",
  stage: "bert",
  settings: [],
  addresses: [],
  publicPaths: [],
  protectedPaths: [],
  corsOrigins: [],
  paths: [],
  functionUrls: [],
  permissions: [],
  clients: [],
  roles: [],
  code: [],
  resources: [],
  unchecked: [],
  violations: [],
};

test("where there is nothing, the plan says so", () => {
  expect(printPlan(bare))
    .toBe(`shop, stage bert: what a deployment would make. Nothing has been deployed.
Ids, account and host names that AWS chooses are made up here.

Stage
  none

Public
  without a sign-in   nothing
  scripts of origins  none

Protected by access.ts
  none

Ways in
  No function has a resource policy.

Who gets tokens
  none

Who may do what
  none

Code
  none

Resources (0)
  none

Nothing that AWS would refuse.
`);
});

test("what should not be there is told as plainly", () => {
  const lines = printPlan({
    ...bare,
    publicPaths: [
      { rule: "/docs/*", who: "anyone" },
      { rule: "POST /a", who: "anyone", authorization: "own" },
    ],
    paths: [
      {
        distribution: "Cdn",
        path: "/b/*",
        passes: [],
        reaches: "placeholder.sst.dev",
        caches: "as the policy 0a1b says",
        forwards: "as the policy nothing says",
      },
    ],
    functionUrls: [
      { name: "GateApiUrl", functionName: "Api", authorization: "NONE", mode: "BUFFERED" },
    ],
    permissions: ["* may lambda:InvokeFunctionUrl on lambda eu-central-1 function:api"],
    roles: [
      {
        name: "Role",
        physicalName: "(generated)",
        assumedBy: ["everybody"],
        managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        may: [
          { words: "write logs", denied: true, actions: ["logs:*"], resources: [], conditions: [] },
          {
            words: "x:Y",
            denied: false,
            actions: ["x:Y"],
            resources: ["*"],
            conditions: ["a is b"],
          },
        ],
      },
    ],
    resources: [{ region: "everywhere", type: "iam Role", name: "Role" }],
    violations: [{ rule: "a-rule", resource: "stage bert", message: "is wrong: do something" }],
  }).split("\n");
  expect(lines.filter((line) => line.startsWith("  ") && !line.endsWith("  none"))).toEqual([
    "  without a sign-in   /docs/*",
    "  without a sign-in   POST /a, whose senders' Authorization the backend has to verify",
    "  Cdn, /b/*",
    "    passes    nothing",
    "    reaches   placeholder.sst.dev",
    "    forwards  as the policy nothing says",
    "    caches    as the policy 0a1b says",
    "  GateApiUrl, Function URL of Api",
    "    opens to  authorization NONE",
    "    mode      BUFFERED",
    "  Resource policies",
    "    * may lambda:InvokeFunctionUrl on lambda eu-central-1 function:api",
    "  (generated) (Role), assumed by everybody",
    "    has the policy AWSLambdaBasicExecutionRole",
    "    may not write logs",
    "      actions  logs:*",
    "    may x:Y",
    "      actions  x:Y",
    "      on       *",
    "      only if  a is b",
    "  everywhere",
    "    iam Role Role",
    "  a-rule",
    "    stage bert is wrong: do something",
  ]);
  expect(lines).toContain("Refused, for 1 reason");
});

test("what the app has besides its gates is listed as the app's own", () => {
  const unchecked = ["aws:s3/bucketV2:BucketV2::CoversBucket", "aws:sqs/queue:Queue::Jobs"];
  const lines = printPlan({ ...bare, unchecked }).split("\n");
  const at = lines.indexOf("Yours, not checked (2)");
  expect(lines.slice(at, at + 4)).toEqual([
    "Yours, not checked (2)",
    "  s3 BucketV2 CoversBucket",
    "  sqs Queue Jobs",
    "",
  ]);
});
