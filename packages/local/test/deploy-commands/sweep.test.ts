import { PassThrough } from "node:stream";

import { LambdaClient } from "@aws-sdk/client-lambda";
import { SSMClient } from "@aws-sdk/client-ssm";
import { guardName } from "@sst-gatehouse/blueprint/guard-function";
import { stageOfGuard } from "@sst-gatehouse/deploy/guard-name";
import { runSweep } from "@sst-gatehouse/deploy/run-sweep";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { functionArn, startAws, type AwsUnderTest, type PlayedFunction } from "./aws.ts";

const now = Date.parse("2026-11-22T12:00:00Z") / 1000;
const yesterday = "2026-11-21T12:00:00.000+0000";
const twoHoursAgo = "2026-11-22T10:00:00.000+0000";
const aMinuteAgo = "2026-11-22T11:59:00.000+0000";

let aws: AwsUnderTest;
beforeEach(async () => {
  aws = await startAws();
});
afterEach(() => aws.close());

/** A guard as a deploy of the stage leaves it. */
function guard(stage: string, hex: string, versions: readonly number[], lastModified = yesterday) {
  return {
    name: `${guardName("gatehouse", stage)}-${hex}`,
    tags: { "sst:app": "gatehouse", "sst:stage": stage, "gatehouse:region": "eu-central-1" },
    versions,
    lastModified,
  } satisfies PlayedFunction;
}

/** The parameters of a deployed stage. */
function deployed(stage: string, name: string, version: number): void {
  aws.putParameter(`/gatehouse/gatehouse/${stage}/outputs`, "{}");
  aws.putParameter(`/gatehouse/gatehouse/${stage}/guard`, `${functionArn(name)}:${version}`);
}

interface Run {
  readonly only?: string;
  readonly yes?: boolean;
  /** What is typed on a terminal; `undefined`: there is none. */
  readonly typed?: string;
  /** Where Parameter Store is. */
  readonly ssmUrl?: string;
  readonly credentials?: AwsUnderTest["credentials"];
  /** What arrives in place of every value. */
  readonly valuesAs?: string;
}

async function sweep({
  only,
  yes = true,
  typed,
  ssmUrl = aws.url,
  credentials = aws.credentials,
  valuesAs,
}: Run = {}) {
  const isTTY = typed !== undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const stderr = new PassThrough();
  stdin.end(typed);
  const client = {
    credentials,
    maxAttempts: 1,
  };
  const ssm = new SSMClient({ ...client, endpoint: ssmUrl, region: "eu-central-1" });
  if (valuesAs !== undefined) {
    ssm.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        for (const parameter of Object(answer.output).Parameters) parameter.Value = valuesAs;
        return answer;
      },
      { step: "initialize" },
    );
  }
  const code = await runSweep(
    { only, yes },
    {
      context: {
        root: "/there/is/no/app",
        gate: {
          app: { name: "gatehouse", region: "eu-central-1" },
          stages: { default: {} },
          access: { scopes: [], rules: [] },
          backends: {},
        },
        stdin,
        stdout,
        stderr,
        env: {},
      },
      lambda: new LambdaClient({ ...client, endpoint: aws.url, region: "us-east-1" }),
      ssm,
      now: () => now,
    },
  );
  const text = (stream: PassThrough): string => String(stream.read() ?? "");
  return { code, out: text(stdout), err: text(stderr) };
}

const whole = (name: string): string => `/2015-03-31/functions/${name}`;
const version = (name: string, number: number): string => `${whole(name)}?Qualifier=${number}`;

describe("the parameters of a long list of ended sign-ins", () => {
  const prefix = "/gatehouse/gatehouse/old";
  const more = [`${prefix}/revoked/1`, `${prefix}/revoked/2`];
  const put = (...names: readonly string[]): void => {
    for (const name of names) aws.putParameter(name, "{}");
  };
  const left = () => aws.parametersAmong([`${prefix}/revoked`, ...more]);

  test("go with the guard of a removed stage", async () => {
    aws.functions.push(guard("old", "abcdef0", [1]));
    put(...more, "/gatehouse/gatehouse/dev/revoked/1");
    const { code, out } = await sweep();
    expect([code, await left()]).toEqual([0, []]);
    expect(await aws.parametersAmong(["/gatehouse/gatehouse/dev/revoked/1"])).toHaveLength(1);
    expect(out).toBe(`Can be deleted
  old          gatehouse-old-Guard-abcdef0, the function: the stage is not deployed
  old          ${more.join(", ")}: the stage is not deployed
Deleted old          gatehouse-old-Guard-abcdef0, the function
Deleted old          ${more.join(", ")}
2 deleted, 0 still held by AWS, 0 failed.
`);
  });

  test("go once the stage is named, whose guard went before", async () => {
    put(...more);
    expect((await sweep()).out).toBe("There is nothing to sweep.\n");
    expect(await left()).toEqual(more);
    expect((await sweep({ only: "old" })).code).toBe(0);
    expect(await left()).toEqual([]);
  });

  test.each([
    ["deployed", ["outputs", "guard", "revoked"]],
    ["deployed without its first parameter, which somebody has deleted", ["outputs", "guard"]],
    ["deployed and does not say which guard it uses", ["outputs"]],
    ["not there, but for the first parameter", ["revoked"]],
  ])("stay while the stage is %s", async (_what, names) => {
    put(...names.map((name) => `${prefix}/${name}`), ...more);
    await sweep({ only: "old" });
    expect(await left()).toEqual(expect.arrayContaining(more));
  });

  test("stay when the stage is deployed again meanwhile", async () => {
    aws.functions.push(guard("old", "abcdef0", [1]));
    put(...more);
    aws.onDeletion = () => deployed("old", "gatehouse-old-Guard-0000003", 1);
    const { code, err } = await sweep();
    expect([code, await left()]).toEqual([1, more]);
    expect(err).toContain("the stage was deployed or removed in the meantime; run this again");
  });

  test("that AWS does not delete are a failure", async () => {
    put(...more);
    const { code, err } = await sweep({ only: "old", credentials: aws.reader });
    expect([code, await left()]).toEqual([1, more]);
    expect(err).toContain(`Not deleted: old          ${more.join(", ")}: `);
    expect(err).toContain("ssm:DeleteParameters");
  });
});

describe("what is deleted", () => {
  interface Situation {
    readonly functions: readonly PlayedFunction[];
    /** Stages with the guard they use. */
    readonly live?: readonly (readonly [stage: string, name: string, version: number])[];
    readonly parameters?: Readonly<Record<string, string>>;
    readonly only?: string;
    readonly deleted: readonly string[];
    readonly code?: number;
    /** Why a stage was left alone. */
    readonly why?: string;
  }
  const dev = "gatehouse-dev-Guard-1a2b3c4";
  const production = "gatehouse-production-Guard-0000001";
  const situations: Record<string, Situation> = {
    "versions older than the one in use": {
      functions: [guard("dev", "1a2b3c4", [5, 6, 7])],
      live: [["dev", dev, 7]],
      deleted: [version(dev, 5), version(dev, 6)],
    },
    "also when they are recent, for the deploy that replaced them is over": {
      functions: [guard("dev", "1a2b3c4", [1, 2], aMinuteAgo)],
      live: [["dev", dev, 2]],
      deleted: [version(dev, 1)],
    },
    "nothing newer than the version in use: a deploy may be running": {
      functions: [guard("dev", "1a2b3c4", [7, 8, 10])],
      live: [["dev", dev, 7]],
      deleted: [],
    },
    "in production as anywhere: its version in use stays": {
      functions: [guard("production", "0000001", [1, 2])],
      live: [["production", production, 2]],
      deleted: [version(production, 1)],
    },
    "the function of a removed stage, as a whole": {
      functions: [guard("old", "abcdef0", [1, 2, 3])],
      deleted: [whole("gatehouse-old-Guard-abcdef0")],
    },
    "a function that the stage has replaced by another": {
      functions: [guard("dev", "1a2b3c4", [7]), guard("dev", "fffffff", [1, 2])],
      live: [["dev", dev, 7]],
      deleted: [whole("gatehouse-dev-Guard-fffffff")],
    },
    "nothing that looks unused but was made in the last hour": {
      functions: [
        guard("new", "abcdef0", [1], aMinuteAgo),
        guard("dev", "1a2b3c4", [7]),
        guard("dev", "fffffff", [1], aMinuteAgo),
        { ...guard("old", "abcdef0", [1, 2]), publishedAt: { 1: aMinuteAgo } },
      ],
      live: [["dev", dev, 7]],
      deleted: [],
    },
    "nothing of which AWS does not say when it was changed": {
      functions: [{ ...guard("old", "abcdef0", [1]), lastModified: "some time ago" }],
      deleted: [],
    },
    "whatever the page of the list they are on": {
      functions: [
        guard("a", "0000001", [1, 2, 3, 4, 5]),
        { name: "something-else", versions: [1] },
        guard("b", "0000002", [1]),
        guard("c", "0000003", [1]),
        guard("d", "0000004", [1]),
      ],
      live: [["a", "gatehouse-a-Guard-0000001", 5]],
      deleted: [
        ...[1, 2, 3, 4].map((number) => version("gatehouse-a-Guard-0000001", number)),
        whole("gatehouse-b-Guard-0000002"),
        whole("gatehouse-c-Guard-0000003"),
        whole("gatehouse-d-Guard-0000004"),
      ],
    },
    "only what the stage has that was asked for": {
      functions: [
        guard("old", "abcdef0", [1]),
        guard("older", "abcdef1", [1]),
        guard("dev", "1a2b3c4", [6, 7]),
      ],
      live: [["dev", dev, 7]],
      only: "old",
      deleted: [whole("gatehouse-old-Guard-abcdef0")],
    },
    "nothing whose name only looks like a guard's": {
      functions: [
        "gatehouse-dev-Guard-evil",
        "gatehouse-dev-Guard-1234567x",
        "gatehouse-dev-Guard-123456",
        "gatehouse-dev-Guard-ABCDEF0",
        "gatehouse-Guard-1234567",
        "gatehouse--Guard-1234567",
        "gatehouse-dev-Guard-1234567-Guard-1234567",
        "my-gatehouse-dev-Guard-1234567",
        "gatehouse-dev-guard-1234567",
        "gatehouse-dev-GateApiFunction-1234567",
      ].map((name) => ({ ...guard("dev", "0", [1]), name })),
      deleted: [],
    },
    "nothing that is tagged for another app or stage, or not at all": {
      functions: [
        // Of an app whose name begins with ours: `gatehouse-x`, stage `dev`.
        {
          ...guard("x-dev", "abcdef0", [1]),
          tags: {
            "sst:app": "gatehouse-x",
            "sst:stage": "dev",
            "gatehouse:region": "eu-central-1",
          },
        },
        {
          ...guard("one", "abcdef0", [1]),
          tags: {
            "sst:app": "gatehouse",
            "sst:stage": "two",
            "gatehouse:region": "eu-central-1",
          },
        },
        { ...guard("three", "abcdef0", [1]), tags: {} },
        {
          ...guard("four", "abcdef0", [1]),
          tags: {
            "sst:app": "another",
            "sst:stage": "four",
            "gatehouse:region": "eu-central-1",
          },
        },
      ],
      deleted: [],
    },
    "nothing of the same app in another region, or where the region is not told": {
      functions: [
        {
          ...guard("one", "abcdef0", [1]),
          tags: { "sst:app": "gatehouse", "sst:stage": "one", "gatehouse:region": "eu-west-1" },
        },
        {
          ...guard("two", "abcdef0", [1]),
          tags: { "sst:app": "gatehouse", "sst:stage": "two" },
        },
      ],
      deleted: [],
      why: "Leaves gatehouse-two-Guard-abcdef0 alone: its tag gatehouse:region is not eu-central-1.\n",
    },
    "nothing newer than the function in use: a deploy that failed goes on with it": {
      functions: [guard("dev", "1a2b3c4", [7]), guard("dev", "fffffff", [1], twoHoursAgo)],
      live: [["dev", dev, 7]],
      deleted: [],
    },
    "nothing beside a function in use of which AWS does not say when it was changed": {
      functions: [guard("dev", "1a2b3c4", [7], "some time ago"), guard("dev", "fffffff", [1])],
      live: [["dev", dev, 7]],
      deleted: [],
    },
    "nothing of a stage that is deployed but does not say which guard it uses": {
      functions: [guard("dev", "1a2b3c4", [1, 2])],
      parameters: { "/gatehouse/gatehouse/dev/outputs": "{}" },
      deleted: [],
      code: 1,
    },
    ...Object.fromEntries(
      [
        ...[
          " ",
          "7",
          "null",
          functionArn(dev),
          `${functionArn(dev)}:$LATEST`,
          `${functionArn(dev)}:07`,
          `${functionArn("gatehouse-other-Guard-1a2b3c4")}:7`,
          `${functionArn(dev).replace("us-east-1", "eu-central-1")}:7`,
        ].map((value) => ({ value, why: "does not name a version of the stage's guard" })),
        ...[
          `${functionArn("gatehouse-dev-Guard-fffffff")}:7`,
          `${functionArn(dev)}:9`,
          `${functionArn(dev).replace("1234", "9999")}:7`,
        ].map((value) => ({ value, why: "is not in this account" })),
      ].map(({ value, why }) => [
        `nothing of a stage whose parameter holds ${JSON.stringify(value)}`,
        {
          functions: [guard("dev", "1a2b3c4", [6, 7])],
          parameters: { "/gatehouse/gatehouse/dev/guard": value },
          deleted: [],
          code: 1,
          why,
        },
      ]),
    ),
    "what is clear, when something else is not": {
      functions: [guard("dev", "1a2b3c4", [6, 7]), guard("old", "abcdef0", [1])],
      parameters: { "/gatehouse/gatehouse/dev/guard": "?" },
      deleted: [whole("gatehouse-old-Guard-abcdef0")],
      code: 1,
    },
  };

  test.each(Object.entries(situations))("%s", async (_what, situation) => {
    aws.functions.push(...situation.functions);
    for (const [stage, name, number] of situation.live ?? []) deployed(stage, name, number);
    for (const [name, value] of Object.entries(situation.parameters ?? {}))
      aws.putParameter(name, value);
    const { only } = situation;
    const { code, err } = await sweep(only === undefined ? {} : { only });
    expect(aws.deletions).toEqual(situation.deleted);
    expect(err).toContain(situation.why ?? "");
    expect(code).toBe(situation.code ?? 0);
  });

  test("nothing of a stage whose parameter arrives empty, which Parameter Store does not store", async () => {
    aws.functions.push(guard("dev", "1a2b3c4", [6, 7]));
    deployed("dev", dev, 7);
    const { code, err } = await sweep({ valuesAs: "" });
    expect(aws.deletions).toEqual([]);
    expect(err).toContain("does not name a version of the stage's guard");
    expect(code).toBe(1);
  });

  test("nothing of a stage that is deployed again while the others are deleted", async () => {
    aws.functions.push(guard("a", "0000001", [1]), guard("b", "0000002", [1]));
    aws.onDeletion = () => deployed("b", "gatehouse-b-Guard-0000003", 1);
    const { code, err } = await sweep();
    expect(aws.deletions).toEqual([whole("gatehouse-a-Guard-0000001")]);
    expect(code).toBe(1);
    expect(err).toBe(
      "Not deleted: b            gatehouse-b-Guard-0000002, the function: the stage was deployed or removed in the meantime; run this again\n",
    );
  });

  test("nothing more of a stage that goes back to an older version meanwhile", async () => {
    aws.functions.push(guard("dev", "1a2b3c4", [1, 2, 3]));
    deployed("dev", "gatehouse-dev-Guard-1a2b3c4", 3);
    aws.onDeletion = () => deployed("dev", "gatehouse-dev-Guard-1a2b3c4", 2);
    expect((await sweep()).code).toBe(1);
    expect(aws.deletions).toEqual([version("gatehouse-dev-Guard-1a2b3c4", 1)]);
  });
});

test("says what stays, what goes, what it leaves alone, and why", async () => {
  aws.functions.push(
    guard("dev", "1a2b3c4", [6, 7, 8]),
    guard("old", "abcdef0", [1]),
    { ...guard("foreign", "abcdef0", [1]), tags: {} },
    guard("odd", "abcdef0", [1]),
  );
  deployed("dev", "gatehouse-dev-Guard-1a2b3c4", 7);
  aws.putParameter("/gatehouse/gatehouse/odd/guard", "?");
  expect(await sweep({ yes: false })).toEqual({
    code: 1,
    out: `Stays
  dev          gatehouse-dev-Guard-1a2b3c4, version 7: in use
  dev          gatehouse-dev-Guard-1a2b3c4, version 8: newer than the version in use, from a deploy that is running or has failed
Can be deleted
  dev          gatehouse-dev-Guard-1a2b3c4, version 6: older than the version in use
  old          gatehouse-old-Guard-abcdef0, the function: the stage is not deployed
Nothing was deleted. \`npx gatehouse sweep --yes\` deletes without asking.
`,
    err: `Leaves gatehouse-foreign-Guard-abcdef0 alone: named like a guard of gatehouse, but without its tag.
Leaves stage odd alone: /gatehouse/gatehouse/odd/guard does not name a version of the stage's guard. Deploy it again.
`,
  });
});

describe("before it deletes", () => {
  beforeEach(() => {
    aws.functions.push(guard("old", "abcdef0", [1]));
  });
  const all = [whole("gatehouse-old-Guard-abcdef0")];

  test.each([
    ["y\n", all],
    ["Yes\n", all],
    ["n\n", []],
    ["\n", []],
    ["yessir\n", []],
    ["", []],
  ])("asks on a terminal, and takes %j for what it is", async (typed, deleted) => {
    const { code, out } = await sweep({ yes: false, typed });
    expect(aws.deletions).toEqual(deleted);
    expect(code).toBe(0);
    expect(out).toContain("Delete these? [y/N] ");
    expect(out).toContain(deleted.length > 0 ? "Deleted old" : "Nothing was deleted");
  });

  test("neither asks nor deletes where nobody can answer", async () => {
    const { code, out } = await sweep({ yes: false });
    expect(aws.deletions).toEqual([]);
    expect(code).toBe(0);
    expect(out).not.toContain("Delete these?");
  });

  test("asks nobody when there is nothing to delete", async () => {
    aws.functions.length = 0;
    const { code, out } = await sweep({ yes: false, typed: "y\n" });
    expect({ code, out }).toEqual({ code: 0, out: "There is nothing to sweep.\n" });
  });
});

describe("what AWS does not delete", () => {
  const held = {
    type: "InvalidParameterValueException",
    message:
      "Lambda was unable to delete arn:aws:lambda:us-east-1:123456789012:function:x:1 because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.",
  };
  beforeEach(() => {
    aws.functions.push(guard("a", "0000001", [1]), guard("b", "0000002", [1]));
  });

  test("is still held, which is no failure, and the rest goes on", async () => {
    aws.refusals.set("gatehouse-a-Guard-0000001", held);
    const { code, out, err } = await sweep();
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out.split("\n").slice(-4)).toEqual([
      "Still held by AWS, try again in a few hours: a            gatehouse-a-Guard-0000001, the function",
      "Deleted b            gatehouse-b-Guard-0000002, the function",
      "1 deleted, 1 still held by AWS, 0 failed.",
      "",
    ]);
  });

  test("counts as deleted when it has gone by itself", async () => {
    aws.refusals.set("gatehouse-a-Guard-0000001", {
      type: "ResourceNotFoundException",
      message: "Function not found",
    });
    expect((await sweep()).out).toContain("2 deleted, 0 still held by AWS, 0 failed.");
  });

  test.each([
    ["InvalidParameterValueException", "no", "AWS says InvalidParameterValueException: no."],
    [
      "ResourceConflictException",
      "a replicated function",
      "AWS says ResourceConflictException: a replicated function.",
    ],
    [
      "AccessDeniedException",
      "no",
      "these AWS credentials are not allowed to do that. Use others (AWS_PROFILE), or have the permission added.",
    ],
  ])("failed for %s, and the rest goes on", async (type, message, why) => {
    aws.refusals.set("gatehouse-a-Guard-0000001", { type, message });
    const { code, out, err } = await sweep();
    expect(code).toBe(1);
    expect(err).toBe(`Not deleted: a            gatehouse-a-Guard-0000001, the function: ${why}\n`);
    expect(out).toContain("1 deleted, 0 still held by AWS, 1 failed.");
  });
});

test("deletes nothing when Parameter Store does not answer", async () => {
  aws.functions.push(guard("old", "abcdef0", [1]));
  await expect(sweep({ ssmUrl: "http://127.0.0.1:1" })).rejects.toThrow(
    "The guard that stage old uses cannot be determined: AWS could not be reached (ECONNREFUSED).",
  );
  expect(aws.deletions).toEqual([]);
});

test.each([
  ["gatehouse-dev-Guard-1a2b3c4", "dev"],
  ["gatehouse-pr-12-Guard-0000000", "pr-12"],
  ["gatehouse-d-Guard-0000000", "d"],
  ["gatehouse-dev--Guard-0000000", undefined],
  ["gatehouse--dev-Guard-0000000", undefined],
  ["gatehouse-dev-Guard-0000000\n", undefined],
  ["gatehousedev-Guard-0000000", undefined],
])("reads the stage in the name %j", (name, stage) => {
  expect(stageOfGuard("gatehouse", name)).toBe(stage);
});
