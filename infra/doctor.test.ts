import { statements } from "@sst-gatehouse/local/test/account-from-graph";
import type { AccountState } from "@sst-gatehouse/local/test/account-state";
import { describe, expect, test } from "vitest";

import { failedRead, guardLogOf, minutes, mutations } from "./test/broken-stages.ts";
import { stageOf } from "./test/sample.ts";
import {
  type Answers,
  api,
  apiRole,
  configOf,
  examine,
  guardRole,
  policy,
  production,
  redeploy,
  revoked,
  wrong,
} from "./test/stage-in-account.ts";

describe("a stage as it is deployed", () => {
  test("is well in every row, and every row has a name", async () => {
    const progress: string[] = [];
    const { rows } = await examine({ progress });
    expect(rows.filter(({ ok }) => !ok)).toEqual([]);
    expect(rows.map(({ id }) => id)).toEqual([
      "guard-role-trust",
      "guard-role-policies",
      "guard-role-invoke-url",
      "guard-role-invoke",
      "guard-role-policy",
      "guard-version",
      "guard-settings",
      "guard-callers",
      "function-url-auth",
      "function-url-mode",
      "function-url-cors",
      "backend-resource-policy",
      "backend-believes",
      "backend-role-trust",
      "backend-role-policies",
      "distribution-own",
      "distribution-deployed",
      "distribution-settings",
      "firewall",
      "behaviour-guard",
      "behaviour-guard-event",
      "behaviour-cache",
      "behaviour-origin-request",
      "behaviour-https",
      "behaviour-methods",
      "behaviour-headers",
      "behaviour-others",
      "origin-hosts",
      "origin-settings",
      "pool-own",
      "pool-sign-up",
      "pool-triggers",
      "pool-protected",
      "client-web-flows",
      "client-web-addresses",
      "client-web-scopes",
      "client-web-lifetimes",
      "client-web-rotation",
      "client-web-attributes",
      "client-machine-flows",
      "client-machine-addresses",
      "client-machine-scopes",
      "client-machine-lifetimes",
      "clients-unknown",
      "client-parameters",
      "list-there",
      "list-kept",
      "list-age",
      "backend-log-retention",
      "guard-log-retention",
      "probe-front-door",
      "probe-sign-in",
      "probe-sign-in-page",
      "probe-bare-lock",
    ]);
    expect(rows.every(({ problem, mend }) => problem === null && mend === null)).toBe(true);
    expect(progress).toEqual([
      "the guard's role",
      "the guard",
      "the backend",
      "CloudFront",
      "the user pool",
      "Parameter Store",
      "the logs",
      "the app from outside",
    ]);
  });

  test("in production, with a domain and a firewall, is well too", async () => {
    expect(await wrong({ graph: production })).toEqual([]);
  });

  test("is only read", async () => {
    const { calls } = await examine();
    expect(calls.filter((call) => !/ [\w-]+:(Get|List|Describe|Filter)/.test(call))).toEqual([]);
    // The guard is asked for where it is, and its logs where it runs.
    expect(calls).toContain("us-east-1 lambda:ListVersionsByFunction");
    expect(new Set(calls.filter((call) => call.endsWith("logs:DescribeLogGroups"))).size).toBe(13);
  });
});

const matching = (expected: string | RegExp): unknown =>
  typeof expected === "string" ? expected : expect.stringMatching(expected);

describe("what is wrong with a stage is told in one row, with what mends it:", () => {
  test.each(Object.entries(mutations))("%s", async (_what, { change, id, problem, mend }) => {
    expect(await wrong({ change })).toEqual([
      { id, ok: false, problem: matching(problem), mend: matching(mend) },
    ]);
  });
});

describe("what only looks wrong is well:", () => {
  const well: Readonly<Record<string, (state: AccountState) => void>> = {
    "lists in another order, and a list of one as a text": (state) => {
      guardRole(state).trust = statements({
        Sid: "x",
        Effect: "Allow",
        Action: ["sts:AssumeRole"],
        Principal: { Service: ["edgelambda.amazonaws.com", "lambda.amazonaws.com"] },
      });
      policy(state).Statement.reverse();
    },
    "an entry that is older than every token, and gone": (state) => {
      const at = Math.floor(Date.now() / 1000) - 31 * 86_400;
      const [empty] = state.parameters.get(revoked)!;
      const named = { ...empty!, Value: JSON.stringify({ everybody: 0, users: { ada: at } }) };
      state.parameters.set(revoked, [named, empty!]);
    },
    "entries that a time for everybody covers": (state) => {
      const at = Math.floor(Date.now() / 1000) - 60;
      const [empty] = state.parameters.get(revoked)!;
      const named = { ...empty!, Value: JSON.stringify({ everybody: 0, users: { ada: at - 1 } }) };
      const all = { ...empty!, Value: JSON.stringify({ everybody: at, users: {} }) };
      state.parameters.set(revoked, [named, all]);
    },
    "a read that failed and was tried again": (state) => {
      guardLogOf(state).events.push(
        failedRead("a", 3 * minutes),
        failedRead("a", 3 * minutes - 2000),
        failedRead("b", 2 * minutes),
        failedRead("a", 40 * minutes),
      );
    },
    "functions, distributions and clients of others": (state) => {
      state.functions.unshift({
        ...api(state),
        tags: { "sst:app": "other", "sst:stage": "anna" },
        FunctionName: "other-anna-Api",
        FunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:other-anna-Api",
        configuration: {
          FunctionName: "other-anna-Api",
          FunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:other-anna-Api",
        },
        urls: [{ ...api(state).urls[0]!, AuthType: "NONE" }],
      });
      for (const number of [1, 2, 3]) {
        state.distributions.unshift({
          ...state.distributions[0]!,
          Id: `EOTHER${number}`,
          DomainName: `d${number}.cloudfront.net`,
          DistributionConfig: { ...configOf(state), Aliases: { Quantity: 0 } },
        });
      }
    },
    "an own policy of the backend": (state) => {
      apiRole(state).inline.set(
        "table",
        statements({ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }),
      );
    },
  };
  test.each(Object.entries(well))("%s", async (_what, change) => {
    expect(await wrong({ change })).toEqual([]);
  });

  test("a stage without revocation needs no list", async () => {
    const { rows } = await examine({
      stage: { ...stageOf("anna"), revocation: "off" },
      change: (state) => state.parameters.delete(revoked),
    });
    expect(rows.filter(({ ok, id }) => !ok || id.startsWith("list-"))).toEqual([]);
  });
});

describe("production", () => {
  test("without its firewall is told", async () => {
    const change = (state: AccountState): void => {
      configOf(state)["WebACLId"] = "";
    };
    expect(await wrong({ graph: production, change })).toEqual([
      {
        id: "firewall",
        ok: false,
        problem: expect.stringMatching(/has no firewall, though stages\.ts sets one \(waf\)$/),
        mend: redeploy.replaceAll("anna", "production"),
      },
    ]);
  });

  test("with a pool that can be deleted is told", async () => {
    const change = (state: AccountState): void => {
      state.userPools[0]!.UserPool["DeletionProtection"] = "INACTIVE";
    };
    expect(await wrong({ graph: production, change })).toMatchObject([{ id: "pool-protected" }]);
  });
});

describe("what cannot be read", () => {
  const actions = [
    "cloudfront:GetDistribution",
    "cloudfront:ListDistributions",
    "cloudfront:ListTagsForResource",
    "cognito-idp:DescribeUserPool",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:ListUserPoolClients",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "lambda:GetFunctionConfiguration",
    "lambda:GetPolicy",
    "lambda:ListAliases",
    "lambda:ListFunctions",
    "lambda:ListFunctionUrlConfigs",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
    "logs:DescribeLogGroups",
    "logs:FilterLogEvents",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
  ];

  test("is everything that doctor asks for, one by one", async () => {
    const { calls } = await examine();
    expect(new Set(calls.map((call) => call.split(" ")[1]))).toEqual(new Set(actions));
  });

  test.each(actions)(
    "%s is a row of its own that names the permission, and what needs it is not well",
    async (action) => {
      const rows = await wrong({ change: (state) => state.denied.add(action) });
      const id = `read-${action.replace(":", "-")}`;
      expect(rows.filter((row) => row.id.startsWith("read-"))).toEqual([
        {
          id,
          ok: false,
          problem: expect.stringContaining(`assumed-role/operator/doctor may not ${action}`),
          mend: `Allow ${action} to whoever runs doctor, or use other credentials (AWS_PROFILE).`,
        },
      ]);
      const unread = rows.filter((row) => row.id !== id);
      expect(unread.length).toBeGreaterThan(0);
      for (const { problem } of unread)
        expect(problem).toContain(`not checked: ${action} gave no answer`);
    },
  );
});

describe("from outside", () => {
  const page = { "content-type": "text/html" };
  const probes: readonly (readonly [
    what: string,
    answers: Partial<Answers>,
    rows: readonly (readonly [string, RegExp])[],
  ])[] = [
    [
      "an open door",
      { "/gatehouse-doctor-": { status: 200, headers: page, body: "hello" } },
      [["probe-front-door", /gets 200 text\/html, .*: anybody is let in$/]],
    ],
    [
      "a door without the guard",
      {
        "/gatehouse-doctor-": {
          status: 403,
          headers: {
            "content-type": "application/json",
            "x-amzn-errortype": "AccessDeniedException",
          },
          body: '{"Message":"Forbidden."}',
        },
      },
      [
        [
          "probe-front-door",
          /gets 403 AccessDeniedException, .*went on to Lambda unsigned, so there is no guard/,
        ],
      ],
    ],
    [
      "a guard without settings",
      {
        "/gatehouse-doctor-": {
          status: 500,
          headers: { "content-type": "application/problem+json" },
          body: '{"code":"settings_invalid"}',
        },
      },
      [
        [
          "probe-front-door",
          /gets 500 settings_invalid, .*: the guard runs, but not as it should$/,
        ],
      ],
    ],
    [
      "CloudFront's own page",
      { "/gatehouse-doctor-": { status: 502, headers: page, body: "<html>" } },
      [["probe-front-door", /gets 502 text\/html, .*this is not the guard's answer/]],
    ],
    [
      "a sign-in that leads elsewhere",
      {
        "/.auth/login": {
          status: 302,
          headers: { location: "https://evil.example/login" },
          body: "",
        },
      },
      [
        ["probe-sign-in", /leads to evil\.example, not to gatehouse-anna-/],
        ["probe-sign-in-page", /^not checked: the sign-in leads to evil\.example/],
      ],
    ],
    [
      "a sign-in page without a form",
      { "/login": { status: 200, headers: page, body: "<p>Login pages unavailable</p>" } },
      [
        [
          "probe-sign-in-page",
          /answers 200 text\/html without a field for a password: nobody can sign in$/,
        ],
      ],
    ],
    [
      "an open lock",
      { "lambda-url": { status: 200, headers: page, body: "hello" } },
      [
        [
          "probe-bare-lock",
          /answers an unsigned request with 200 text\/html, not with Lambda's own 403/,
        ],
      ],
    ],
    [
      "an app of the owner's that answers 403 in Lambda's place",
      { "lambda-url": { status: 403, headers: page, body: "no" } },
      [["probe-bare-lock", /answers an unsigned request with 403 text\/html/]],
    ],
    [
      "silence",
      { "/gatehouse-doctor-": undefined },
      [["probe-front-door", /^not checked: d\w+\.cloudfront\.net does not answer: ECONNREFUSED$/]],
    ],
  ];
  test.each(probes)("%s is told", async (_what, answers, rows) => {
    const found = await wrong({ answers });
    expect(found.map(({ id }) => id)).toEqual(rows.map(([id]) => id));
    for (const [index, [, problem]] of rows.entries())
      expect(found[index]?.problem).toMatch(problem);
  });
});
