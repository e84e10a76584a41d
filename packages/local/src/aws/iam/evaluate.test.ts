import type { PolicyDocument, PolicyStatement } from "@sst-gatehouse/blueprint/policy-document";
import { edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";
import { describe, expect, test } from "vitest";

import { evaluate } from "./evaluate.ts";
import type { IamRequest } from "./evaluate.ts";

const functionArn = "arn:aws:lambda:eu-west-3:111122223333:function:api";
const policyOf = (...statements: PolicyStatement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});
const allow = (extra: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: "Allow",
  Action: "lambda:InvokeFunction",
  Resource: functionArn,
  ...extra,
});
const invoke: IamRequest = { action: "lambda:InvokeFunction", resource: functionArn, context: {} };
const allowed = (statement: PolicyStatement, request: Partial<IamRequest> = {}) =>
  evaluate([policyOf(statement)], { ...invoke, ...request }).allowed;

const rows: [
  what: string,
  statement: PolicyStatement,
  request: Partial<IamRequest>,
  allowed: boolean,
][] = [
  ["the exact action and resource", allow(), {}, true],
  ["another action", allow({ Action: "lambda:InvokeFunctionUrl" }), {}, false],
  ["an action in other letter case", allow({ Action: "LAMBDA:invokefunction" }), {}, true],
  ["an action by wildcard", allow({ Action: "lambda:Invoke*" }), {}, true],
  ["an action by question marks", allow({ Action: "lambda:InvokeFunctio?" }), {}, true],
  ["a question mark for no character", allow({ Action: "lambda:InvokeFunction?" }), {}, false],
  ["one action of a list", allow({ Action: ["s3:GetObject", "lambda:InvokeFunction"] }), {}, true],
  ["a dot, which is not a wildcard", allow({ Action: "lambda.InvokeFunction" }), {}, false],
  ["every resource", allow({ Resource: "*" }), {}, true],
  ["a resource in other letter case", allow({ Resource: functionArn.toUpperCase() }), {}, false],
  [
    "a resource by wildcard",
    allow({ Resource: "arn:aws:lambda:*:111122223333:function:a?i" }),
    {},
    true,
  ],
  [
    "a wildcard that would have to cross a colon",
    allow({ Resource: "arn:aws:lambda:*:function:api" }),
    {},
    false,
  ],
  ["an incomplete ARN", allow({ Resource: "arn:aws:lambda:*" }), {}, true],
  ["an incomplete ARN of another service", allow({ Resource: "arn:aws:s3:*" }), {}, false],
  ["a qualified function", allow(), { resource: `${functionArn}:live` }, false],
  [
    "a qualified function by wildcard",
    allow({ Resource: `${functionArn}:*` }),
    { resource: `${functionArn}:live` },
    true,
  ],
  [
    "a condition that holds",
    allow({ Condition: { StringEquals: { "a:k": "v" } } }),
    { context: { "a:k": "v" } },
    true,
  ],
  [
    "a condition key in other letter case",
    allow({ Condition: { StringEquals: { "A:K": "v" } } }),
    { context: { "a:k": "v" } },
    true,
  ],
  [
    "a condition value in other letter case",
    allow({ Condition: { StringEquals: { "a:k": "V" } } }),
    { context: { "a:k": "v" } },
    false,
  ],
  [
    "any of the condition's values",
    allow({ Condition: { StringEquals: { "a:k": ["u", "v"] } } }),
    { context: { "a:k": "v" } },
    true,
  ],
  [
    "only one of two condition keys",
    allow({ Condition: { StringEquals: { "a:k": "v", "a:l": "v" } } }),
    { context: { "a:k": "v" } },
    false,
  ],
  [
    "only one of two operators",
    allow({ Condition: { StringEquals: { "a:k": "v" }, Bool: { "a:l": "true" } } }),
    { context: { "a:k": "v", "a:l": "false" } },
    false,
  ],
  [
    "StringNotEquals and another value",
    allow({ Condition: { StringNotEquals: { "a:k": "v" } } }),
    { context: { "a:k": "w" } },
    true,
  ],
  [
    "StringNotEquals and one of its values",
    allow({ Condition: { StringNotEquals: { "a:k": ["u", "v"] } } }),
    { context: { "a:k": "v" } },
    false,
  ],
  [
    "StringLike",
    allow({ Condition: { StringLike: { "a:k": "v*?" } } }),
    { context: { "a:k": "vwx" } },
    true,
  ],
  [
    "a star in StringEquals is not a wildcard",
    allow({ Condition: { StringEquals: { "a:k": "v*" } } }),
    { context: { "a:k": "vw" } },
    false,
  ],
  [
    "ArnLike",
    allow({ Condition: { ArnLike: { "a:k": "arn:aws:iam::*:role/x" } } }),
    { context: { "a:k": "arn:aws:iam::1:role/x" } },
    true,
  ],
  [
    "ArnEquals and another ARN",
    allow({ Condition: { ArnEquals: { "a:k": "arn:aws:iam::1:role/y" } } }),
    { context: { "a:k": "arn:aws:iam::1:role/x" } },
    false,
  ],
  [
    "ArnLike and no ARN",
    allow({ Condition: { ArnLike: { "a:k": "arn:*" } } }),
    { context: { "a:k": "arn:x" } },
    false,
  ],
  [
    "Bool in other letter case",
    allow({ Condition: { Bool: { "a:k": "True" } } }),
    { context: { "a:k": "true" } },
    true,
  ],
  [
    "Bool and the other value",
    allow({ Condition: { Bool: { "a:k": "true" } } }),
    { context: { "a:k": "false" } },
    false,
  ],
  [
    "a missing key under IfExists",
    allow({ Condition: { StringEqualsIfExists: { "a:k": "v" } } }),
    {},
    true,
  ],
  [
    "another value under IfExists",
    allow({ Condition: { StringEqualsIfExists: { "a:k": "v" } } }),
    { context: { "a:k": "w" } },
    false,
  ],
  ["Null true and a missing key", allow({ Condition: { Null: { "a:k": "true" } } }), {}, true],
  [
    "Null true and a key",
    allow({ Condition: { Null: { "a:k": "true" } } }),
    { context: { "a:k": "v" } },
    false,
  ],
  ["Null false and a missing key", allow({ Condition: { Null: { "a:k": "false" } } }), {}, false],
  [
    "Null false and a key",
    allow({ Condition: { Null: { "a:k": "false" } } }),
    { context: { "a:k": "" } },
    true,
  ],
  [
    "a missing key under a negated operator",
    allow({ Condition: { StringNotEquals: { "a:k": "v" } } }),
    {},
    true,
  ],
  ...["StringEquals", "StringLike", "ArnEquals", "ArnLike", "Bool"].map(
    (operator): [string, PolicyStatement, Partial<IamRequest>, boolean] => [
      `a missing key under ${operator}`,
      allow({ Condition: { [operator]: { "a:k": "*" } } }),
      {},
      false,
    ],
  ),
];

test.each(rows)("%s", (_what, statement, request, expected) => {
  expect(allowed(statement, request)).toBe(expected);
});

test("an explicit Deny wins over every Allow, wherever it stands", () => {
  const deny = allow({ Effect: "Deny", Sid: "No" });
  expect(evaluate([policyOf(deny), policyOf(allow({ Sid: "Yes" }))], invoke)).toEqual({
    allowed: false,
    reasons: ["statement No: denies", "statement Yes: allows"],
  });
  expect(evaluate([policyOf(allow(), deny)], invoke).allowed).toBe(false);
});

test("a Deny whose negated condition misses its key applies, as at AWS", () => {
  const deny = allow({
    Effect: "Deny",
    Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } },
  });
  expect(evaluate([policyOf(allow(), deny)], invoke).allowed).toBe(false);
});

test("nothing is allowed without a policy", () => {
  expect(evaluate([], invoke)).toEqual({ allowed: false, reasons: ["no policy is attached"] });
});

describe("the guard's policy", () => {
  const policy = edgeRolePolicy({
    functionArns: [functionArn],
    parameterPrefixArn: "arn:aws:ssm:eu-west-3:111122223333:parameter/gatehouse/app/dev",
    logGroupArn: "arn:aws:logs:*:111122223333:log-group:/gatehouse/app/dev/guard",
  });
  const ssm = (action: string, name: string) =>
    evaluate([policy], {
      action,
      resource: `arn:aws:ssm:eu-west-3:111122223333:parameter${name}`,
      context: {},
    }).allowed;

  test("lets it invoke through the URL, and says by name which key a direct call misses", () => {
    expect(
      evaluate([policy], { ...invoke, context: { "lambda:InvokedViaFunctionUrl": "true" } })
        .allowed,
    ).toBe(true);
    expect(evaluate([policy], invoke)).toEqual({
      allowed: false,
      reasons: [
        "statement CallTheFunctionUrl: is about other actions",
        "statement InvokeThroughTheUrlOnly: condition key lambda:InvokedViaFunctionUrl is missing from the request",
        "statement ReadItsOwnSettings: is about other actions",
        "statement ReadTheClientSecret: is about other actions",
        "statement WriteItsLog: is about other actions",
      ],
    });
  });

  test("lets it call a URL of type AWS_IAM only", () => {
    const call = { ...invoke, action: "lambda:InvokeFunctionUrl" };
    expect(
      evaluate([policy], { ...call, context: { "lambda:FunctionUrlAuthType": "AWS_IAM" } }).allowed,
    ).toBe(true);
    expect(
      evaluate([policy], { ...call, context: { "lambda:FunctionUrlAuthType": "NONE" } }).reasons[0],
    ).toBe(
      'statement CallTheFunctionUrl: condition StringEquals on lambda:FunctionUrlAuthType does not hold for "NONE"',
    );
  });

  test("lets it read its own parameters and write none", () => {
    const own = ["jwks", "clients/web", "revoked", "revoked/1", "web-client-secret"];
    for (const name of own)
      expect(ssm("ssm:GetParameters", `/gatehouse/app/dev/${name}`)).toBe(true);
    for (const name of ["outputs", "guard", "web-client-secret/x", "other-secret"])
      expect(ssm("ssm:GetParameters", `/gatehouse/app/dev/${name}`)).toBe(false);
    expect(ssm("ssm:GetParametersByPath", "/gatehouse/app/dev")).toBe(false);
    expect(ssm("ssm:GetParameters", "/gatehouse/app/devil/jwks")).toBe(false);
    expect(ssm("ssm:PutParameter", "/gatehouse/app/dev/jwks")).toBe(false);
  });
});

describe("refuses to guess about", () => {
  const unknown: [what: string, statement: object, message: RegExp][] = [
    ["NotAction", { Effect: "Allow", NotAction: "s3:*", Resource: "*" }, /NotAction/],
    ["Principal", { ...allow(), Principal: "*" }, /Principal/],
    ["another Effect", { ...allow(), Effect: "allow" }, /Effect "allow"/],
    [
      "an operator",
      allow({ Action: "s3:*", Condition: { IpAddress: { "aws:SourceIp": "::1" } } }),
      /IpAddress/,
    ],
    [
      "a set operator",
      allow({ Condition: { "ForAnyValue:StringEquals": { "a:k": "v" } } }),
      /ForAnyValue:StringEquals/,
    ],
    [
      "an operator named like a property of every object",
      allow({ Condition: { toString: { "a:k": "v" } } }),
      /toString/,
    ],
    [
      "a variable in a resource",
      allow({ Resource: "arn:aws:s3:::${aws:username}" }),
      /aws:username/,
    ],
    [
      "a variable in a condition",
      allow({ Condition: { StringEquals: { "a:k": "${aws:username}" } } }),
      /aws:username/,
    ],
  ];
  test.each(unknown)("%s", (_what, statement, message) => {
    const policy: PolicyDocument = JSON.parse(
      JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    );
    expect(() => evaluate([policy], invoke)).toThrow(message);
    expect(() => evaluate([policy], invoke)).toThrow(TypeError);
  });
});
