import { type Access, defineAccess } from "@sst-gatehouse/core/access";
import { statements } from "@sst-gatehouse/local/test/account-from-graph";
import type { AccountState, Json } from "@sst-gatehouse/local/test/account-state";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { beforeAll, describe, expect, test } from "vitest";

import { failedRead, guardLogOf, minutes, mutations } from "./support/broken-stages.ts";
import { type Answering, playTrial } from "./support/played-trial.ts";
import { evaluateSample, stageOf } from "./support/sample.ts";
import {
  anna,
  type Answers,
  api,
  apiRole,
  client,
  configOf,
  examine,
  guardRole,
  outputsOf,
  playAccount,
  policy,
  production,
  redeploy,
  revoked,
  type Situation,
  wrong,
} from "./support/stage-in-account.ts";

playAccount();

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
      "cimd-policies",
      "client-parameters",
      "client-secret-parameter",
      "list-there",
      "list-kept",
      "list-age",
      "backend-log-retention",
      "guard-log-retention",
      "probe-front-door",
      "probe-sign-in",
      "probe-sign-in-page",
      "probe-bare-lock",
      "probe-empty-stream",
      "probe-revoked-user",
    ]);
    expect(rows.filter(({ problem, mend }) => problem !== null || mend !== null)).toEqual([
      {
        id: "probe-revoked-user",
        ok: true,
        problem:
          "not tried: whether somebody who was signed out is refused: that makes a user, signs it in and out, and deletes it",
        mend: "npx gatehouse doctor --stage anna --revoked-user",
      },
    ]);
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

  test("with a pool that was there before is well, whoever else uses that pool", async () => {
    const stage = { ...stageOf("anna"), userPoolId: outputsOf(anna).userPoolId };
    const change = (state: AccountState): void => {
      const { UserPool, clients } = state.userPools[0]!;
      Object.assign(UserPool, { Name: "shop", UserPoolTags: {}, UserPoolTier: "LITE" });
      Object.assign(UserPool["LambdaConfig"], { DefineAuthChallenge: "arn:aws:lambda:x" });
      clients.push({ ...client(state, "web"), ClientId: "mobile", ClientName: "mobile" });
      delete client(state, "web")["RefreshTokenRotation"];
      client(state, "web")["ExplicitAuthFlows"] = ["ALLOW_REFRESH_TOKEN_AUTH"];
    };
    expect(await wrong({ stage, change })).toEqual([]);
    const other = { ...stage, userPoolId: "eu-central-1_Other" };
    expect(await wrong({ stage: other, change })).toMatchObject(
      [{ id: "pool-own", problem: /is not eu-central-1_Other, which gate.ts names/ }].map(
        ({ id, problem }) => ({ id, problem: expect.stringMatching(problem) }),
      ),
    );
    const open = (state: AccountState): void => {
      change(state);
      state.userPools[0]!.UserPool["AdminCreateUserConfig"].AllowAdminCreateUserOnly = false;
    };
    expect(await wrong({ stage, change: open })).toMatchObject([
      { id: "pool-sign-up", mend: expect.stringMatching(/^Close the sign-up of the pool/) },
    ]);
    expect(await wrong({ stage: { ...stage, selfSignUp: true }, change: open })).toMatchObject([
      { id: "client-web-attributes" },
    ]);
  });

  test("is only read", async () => {
    const { calls } = await examine();
    expect(calls.filter((call) => !/ [\w-]+:(Get|List|Describe|Filter)/.test(call))).toEqual([]);
    // The guard is asked for where it is, and its logs where it runs.
    expect(calls).toContain("us-east-1 lambda:ListVersionsByFunction");
    expect(new Set(calls.filter((call) => call.endsWith("logs:DescribeLogGroups"))).size).toBe(13);
  });
});

const rulesOf = (
  rules: Readonly<Record<string, Access<"api/read">>>,
  externalGroups?: readonly string[],
) => defineAccess({ scopes: ["api/read"], rules, ...(externalGroups && { externalGroups }) });

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

describe("the CIMD policies of the pool", () => {
  const one = "https://client.example/oauth/client.json";
  const below = "https://other.example/*";
  let graph: Graph;
  let spa: string;
  let web: string;
  let pool: string;
  beforeAll(async () => {
    ({ graph } = await evaluateSample({ stage: "anna", anna: { spaClient: true } }));
    const { clients, userPoolId } = outputsOf(graph);
    spa = clients.spa?.id ?? "";
    web = clients.web.id;
    pool = `--region eu-central-1 --user-pool-id ${userPoolId}`;
  });
  /** @param listed of the stage. */
  const withPolicies = (policies: readonly Json[] | undefined, listed: readonly string[]) =>
    wrong({
      graph,
      stage: { ...stageOf("anna"), spaClient: true, cimdUrlPatterns: listed },
      change: (state) => {
        state.userPools[0]!.cimdPolicies = policies?.map((described, index) => ({
          CIMDPolicyId: `policy${index + 1}`,
          PolicyName: "by-hand",
          ...described,
        }));
      },
    });

  test("are none, or what the stage says in any order", async () => {
    expect(await withPolicies([], [])).toEqual([]);
    expect(
      await withPolicies([{ ClientId: spa, URLPatterns: [below, one] }], [one, below]),
    ).toEqual([]);
    const two = [one, below].map((pattern) => ({ ClientId: spa, URLPatterns: [pattern] }));
    expect(await withPolicies(two, [one, below])).toEqual([]);
  });

  test("may be what no Cognito of the region knows, where the stage needs none", async () => {
    expect(await withPolicies(undefined, [])).toEqual([]);
  });

  test.each<[what: string, policies: () => readonly Json[] | undefined]>([
    ["is missing", () => []],
    ["cannot be there yet", () => undefined],
  ])("one that %s has the command that makes it", async (_what, policies) => {
    expect(await withPolicies(policies(), [one, below])).toEqual([
      {
        id: "cimd-policies",
        ok: false,
        problem: `no CIMD policy of the user pool takes ${one}, ${below} for the app client spa, though stages.ts says so (cimdUrlPatterns): clients with a document there cannot sign anybody in`,
        mend: `aws cognito-idp create-cimd-policy ${pool} --client-id ${spa} --policy-name gatehouse-anna --url-patterns ${one} '${below}'`,
      },
    ]);
  });

  const update = (id: string) =>
    `aws cognito-idp update-cimd-policy ${pool} --cimd-policy-id ${id} --client-id ${spa} --url-patterns ${one}`;
  const remove = (id: string) =>
    `aws cognito-idp delete-cimd-policy ${pool} --cimd-policy-id ${id}`;
  test.each<
    [what: string, listed: string[], policies: () => Json[], problem: RegExp, mend: () => string]
  >([
    [
      "takes more than the stage says",
      [one],
      () => [{ ClientId: spa, URLPatterns: [one, "https://*"] }],
      /^the CIMD policy policy1 of the user pool takes https:\/\/\*, which cimdUrlPatterns /,
      () => update("policy1"),
    ],
    [
      "takes a wider pattern in its place",
      [one],
      () => [{ ClientId: spa, URLPatterns: ["https://client.example/*"] }],
      /^the CIMD policy policy1 .* takes https:\/\/client\.example\/\*, .*\nno CIMD policy .* takes https:\/\/client\.example\/oauth\/client\.json /,
      () => update("policy1"),
    ],
    [
      "comes beside the right one",
      [one],
      () => [
        { ClientId: spa, URLPatterns: [one] },
        { ClientId: spa, URLPatterns: [below] },
      ],
      /^the CIMD policy policy2 .* takes https:\/\/other\.example\/\*, /,
      () => remove("policy2"),
    ],
    [
      "is there, and the stage says nothing of it",
      [],
      () => [{ ClientId: spa, URLPatterns: [one] }],
      /^the CIMD policy policy1 /,
      () => remove("policy1"),
    ],
    [
      "is for another app client, with a secret even",
      [one],
      () => [
        { ClientId: spa, URLPatterns: [one] },
        { ClientId: web, URLPatterns: [one] },
      ],
      /^the CIMD policy policy2 .* for web \(\w+\), not for the app client spa: a document gets what that client may do$/,
      () => remove("policy2"),
    ],
    [
      "is for a client that is gone",
      [],
      () => [{ URLPatterns: [one] }],
      / for a client that is gone, not for /,
      () => remove("policy1"),
    ],
  ])("one that %s has a command against it", async (_what, listed, policies, problem, mend) => {
    expect(await withPolicies(policies(), listed)).toEqual([
      { id: "cimd-policies", ok: false, problem: expect.stringMatching(problem), mend: mend() },
    ]);
  });

  test("of other programs are not the gate's to judge in a pool that was there before", async () => {
    const stage = { ...stageOf("anna"), userPoolId: outputsOf(graph).userPoolId, spaClient: true };
    const policies = [
      { CIMDPolicyId: "theirs", ClientId: "mobile", URLPatterns: ["https://*"] },
      { CIMDPolicyId: "ours", ClientId: web, URLPatterns: [one] },
    ];
    const change = (state: AccountState): void => {
      Object.assign(state.userPools[0]!.UserPool, { Name: "shop", UserPoolTags: {} });
      state.userPools[0]!.cimdPolicies = policies;
    };
    expect(await wrong({ graph, stage, change })).toMatchObject([
      { id: "cimd-policies", mend: remove("ours") },
    ]);
  });

  test("that may not be looked at one by one are not well", async () => {
    const change = (state: AccountState): void => {
      state.denied.add("cognito-idp:DescribeCIMDPolicy");
      state.userPools[0]!.cimdPolicies = [{ CIMDPolicyId: "policy1" }];
    };
    const stage = { ...stageOf("anna"), spaClient: true };
    expect((await wrong({ graph, stage, change })).map(({ id }) => id)).toEqual([
      "cimd-policies",
      "read-cognito-idp-DescribeCIMDPolicy",
    ]);
  });

  test("are not taken for none where Cognito's answer has another form", async () => {
    const change = (state: AccountState): void => {
      state.userPools[0]!.cimdPolicies = [{ PolicyName: "by-hand" }];
    };
    const stage = { ...stageOf("anna"), spaClient: true };
    expect(await wrong({ graph, stage, change })).toMatchObject([
      { id: "cimd-policies", problem: expect.stringContaining("has no CIMDPolicyId") },
    ]);
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
    "cognito-idp:ListCIMDPolicies",
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

describe("an answer without a body", () => {
  test("is asked for by HEAD, at a path that the rules open to anybody", async () => {
    const asked: unknown[] = [];
    await examine({
      async ask(url, _headers, options) {
        if (options?.method === "HEAD") asked.push(new URL(url).pathname);
        return undefined;
      },
    });
    expect(asked).toEqual([expect.stringMatching(/^\/public\/gatehouse-doctor-[0-9a-f]{8}$/)]);
  });

  test.each([
    ["on", "never-empty"],
    ["never-empty", "off"],
  ] as const)("that never ends is told, and with streaming %s, %s mends it", async (now, next) => {
    const rows = await wrong({
      stage: { ...stageOf("anna"), streaming: now },
      answers: { "/public/gatehouse-doctor-": { status: 504, headers: {}, body: "" } },
      change: (state) => {
        api(state).configuration["Environment"].Variables.GATEHOUSE_STREAMING = now;
      },
    });
    expect(rows).toEqual([
      {
        id: "probe-empty-stream",
        ok: false,
        problem: expect.stringMatching(/^this account hangs on empty streams: /),
        mend: `Set streaming: "${next}" for the stage in stages.ts. Then: npx sst deploy --stage anna`,
      },
    ]);
  });

  test("is not asked for where nothing is streamed", async () => {
    const { rows } = await examine({ stage: { ...stageOf("anna"), streaming: "off" } });
    expect(rows.map(({ id }) => id)).not.toContain("probe-empty-stream");
  });

  test("is left to the suite where nothing is public", async () => {
    const { rows } = await examine({ access: rulesOf({ "/*": "signed-in" }) });
    expect(rows.find(({ id }) => id === "probe-empty-stream")).toEqual({
      id: "probe-empty-stream",
      ok: true,
      problem: expect.stringMatching(/^not tried: /),
      mend: "Sign in and send a HEAD request to a route of the app: an account that hangs answers it after a minute, or with 504.",
    });
  });
});

describe("a user who is signed out", () => {
  const admitted = { status: 404, code: "not_found" };
  const ended = { status: 401, code: "token_revoked" };
  const row = async (answering: Answering, situation: Situation = {}) => {
    const { ask, trial, done } = playTrial(answering);
    const { rows } = await examine({ ask, trial, ...situation });
    return { done, row: rows.find(({ id }) => id === "probe-revoked-user") };
  };
  const wholeTrial = [
    "makes a user in []",
    'signs in with {"_csrf":"t&t","username":"gatehouse-acceptance-1-a-doctor","password":"Acc-7 & more"} and XSRF-TOKEN=x',
    "ends the sign-in of gatehouse-acceptance-1-a-doctor",
    "deletes the user",
  ];
  const well = { id: "probe-revoked-user", ok: true, problem: null, mend: null };

  test("is well when every path refuses within the minute, and leaves no user", async () => {
    const asked = new Set<string>();
    const { done, row: found } = await row((path, { signedOut, waitedSeconds }) => {
      asked.add(path);
      return signedOut && waitedSeconds >= 60 ? ended : admitted;
    });
    expect(found).toEqual(well);
    expect(done).toEqual(wholeTrial);
    expect([...asked]).toEqual(["/.auth/me", "/gatehouse-doctor"]);
  });

  const faults: readonly (readonly [
    what: string,
    backendChecksRevocation: boolean,
    answering: Answering,
    problem: string,
    mend: string,
  ])[] = [
    [
      "a backend that looks nothing up",
      true,
      (path, { signedOut }) => (signedOut && path === "/.auth/me" ? ended : admitted),
      "gets 404 not_found for /gatehouse-doctor-",
      "Make what protect() returns the backend's handler, or leave it to the guard (backendChecksRevocation: false in stages.ts). Then: npx sst deploy --stage anna",
    ],
    [
      "a guard that looks nothing up",
      false,
      (path, { signedOut }) => (signedOut && path === "/.auth/me" ? ended : admitted),
      "gets 404 not_found for /gatehouse-doctor-",
      redeploy,
    ],
    [
      "a guard that lets /.auth/me through",
      true,
      (path, { signedOut }) => (signedOut && path !== "/.auth/me" ? ended : admitted),
      "gets 404 not_found for /.auth/me",
      redeploy,
    ],
    [
      "a list that cannot be read",
      true,
      (path, { signedOut }) =>
        signedOut && path !== "/.auth/me"
          ? { status: 503, code: "settings_unavailable" }
          : signedOut
            ? ended
            : admitted,
      "gets 503 settings_unavailable for /gatehouse-doctor-",
      "docs/operations.md, When something is wrong, says what the code means.",
    ],
    [
      "refusals that come after 75 seconds",
      true,
      (_path, { signedOut, waitedSeconds }) => (signedOut && waitedSeconds > 75 ? ended : admitted),
      "gets 404 not_found for /.auth/me",
      redeploy,
    ],
  ];
  test.each(faults)(
    "%s is told",
    async (_what, backendChecksRevocation, answering, problem, mend) => {
      const { done, row: found } = await row(answering, {
        stage: { ...stageOf("anna"), backendChecksRevocation },
      });
      expect(found?.ok).toBe(false);
      expect(found?.problem).toContain("more than a minute after being signed out, somebody ");
      expect(found?.problem).toContain(problem);
      expect(found?.mend?.split("\n")[0]).toBe(mend);
      expect(done).toEqual(wholeTrial);
    },
  );

  test("who is not even admitted before says nothing, and leaves no user", async () => {
    const { done, row: found } = await row(() => ({ status: 403, code: "access_denied" }));
    expect(found).toMatchObject({
      ok: false,
      problem: "not checked: somebody who has just signed in gets 403 access_denied for /.auth/me",
    });
    expect(done).toEqual([...wholeTrial.slice(0, 2), "deletes the user"]);
  });

  test("who cannot sign in is told, and gives the password to no other page", async () => {
    const { ask, trial, done } = playTrial(() => admitted);
    const elsewhere: Partial<Answers> = {
      "/.auth/login": {
        status: 200,
        headers: { "content-type": "text/html" },
        body: '<form action="https://evil.example/login"><input type="password"></form>',
      },
    };
    const { rows } = await examine({ ask, trial, answers: elsewhere });
    expect(rows.find(({ id }) => id === "probe-revoked-user")).toMatchObject({
      ok: false,
      problem: "not checked: a new user could not sign in: the sign-in ended with 200 text/html",
    });
    expect(done).toEqual(["makes a user in []", "deletes the user"]);
  });

  test("is one of a group where the rules admit groups alone", async () => {
    const { done, row: found } = await row(
      (_path, { signedOut }) => (signedOut ? ended : admitted),
      {
        access: rulesOf({ "POST /*": "signed-in", "/*": { groups: ["company", "staff"] } }, [
          "company",
        ]),
      },
    );
    expect(found).toEqual(well);
    expect(done[0]).toBe('makes a user in ["staff"]');
  });

  test("is not tried where nothing looks anything up", async () => {
    const { done, row: found } = await row(() => admitted, {
      stage: { ...stageOf("anna"), revocation: "off" },
    });
    expect(found).toMatchObject({ ok: true, problem: expect.stringMatching(/^not tried: /) });
    expect(done).toEqual([]);
  });
});
