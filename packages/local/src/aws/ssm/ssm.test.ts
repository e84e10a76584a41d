import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import type { Parameter } from "@aws-sdk/client-ssm";
import { edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createJsonApi } from "../json-api/json-api.ts";
import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import type { LoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { createClock } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { createIdentities } from "../iam/identities.ts";
import type { Identity } from "../iam/identities.ts";
import { createSsm } from "./ssm.ts";
import type { Ssm } from "./ssm.ts";

const region = "eu-central-1";
const accountId = "123456789012";
const prefix = "/gatehouse/app/local";
const prefixArn = `arn:aws:ssm:${region}:${accountId}:parameter${prefix}`;

let server: LoopbackServer;
let clock: Clock;
let ssm: Ssm;
let refusals: string[];
let admin: SSMClient;
let edge: SSMClient;

beforeEach(async () => {
  // The SDK signs with this machine's time, so the stack must not stand still; tests only ever move it a little.
  clock = createClock();
  refusals = [];
  server = await startLoopbackServer();
  const identities = createIdentities(accountId);
  ssm = createSsm({ region, accountId, clock });
  const explain = (from: string, reason: string) => refusals.push(`${from}: ${reason}`);
  server.handle = createJsonApi({
    services: [ssm.service],
    region,
    identities,
    clock,
    explain,
  }).handle;
  admin = clientOf(
    identities.assumeRole("admin", "test", [
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "ssm:*", Resource: "*" }] },
    ]),
  );
  const policy = edgeRolePolicy({
    functionArns: [`arn:aws:lambda:${region}:${accountId}:function:api`],
    parameterPrefixArn: prefixArn,
    logGroupArn: `arn:aws:logs:*:${accountId}:log-group:guard`,
  });
  edge = clientOf(identities.assumeRole("edge", "us-east-1.guard", [policy]));
});

afterEach(async () => {
  admin.destroy();
  edge.destroy();
  await server.close();
});

function clientOf({ accessKeyId, secretAccessKey, sessionToken }: Identity): SSMClient {
  return new SSMClient({
    region,
    endpoint: server.origin,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  });
}

const put = (Name: string, Value = "x") =>
  admin.send(new PutParameterCommand({ Name, Value, Type: "String" }));
const names = (parameters: readonly Parameter[] | undefined) => parameters?.map(({ Name }) => Name);

const byPath = (input: {
  Path: string;
  Recursive?: boolean;
  MaxResults?: number;
  NextToken?: string;
}) => admin.send(new GetParametersByPathCommand(input));
describe("one parameter", () => {
  test("comes back with ARN, version and the time of the stack's clock", async () => {
    const before = clock.now();
    expect(await put("/a/b", "first")).toMatchObject({ Tier: "Standard", Version: 1 });
    const { Parameter } = await admin.send(new GetParameterCommand({ Name: "/a/b" }));
    expect(Parameter).toEqual({
      ARN: `arn:aws:ssm:${region}:${accountId}:parameter/a/b`,
      DataType: "text",
      LastModifiedDate: expect.any(Date),
      Name: "/a/b",
      Type: "String",
      Value: "first",
      Version: 1,
    });
    const modified = Parameter?.LastModifiedDate?.getTime() ?? 0;
    expect(modified).toBeGreaterThanOrEqual(before);
    expect(modified).toBeLessThanOrEqual(clock.now());
  });

  test("has one slash in its ARN when its name has none, and is found by that ARN", async () => {
    await put("plain");
    const ARN = `arn:aws:ssm:${region}:${accountId}:parameter/plain`;
    expect((await admin.send(new GetParameterCommand({ Name: ARN }))).Parameter).toMatchObject({
      ARN,
      Name: "plain",
    });
  });

  test("keeps its versions", async () => {
    await put("/v", "one");
    await expect(put("/v", "two")).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    const second = await admin.send(
      new PutParameterCommand({ Name: "/v", Value: "two", Overwrite: true }),
    );
    expect(second.Version).toBe(2);
    const valueOf = async (Name: string) =>
      (await admin.send(new GetParameterCommand({ Name }))).Parameter;
    expect(await valueOf("/v")).toMatchObject({ Value: "two", Version: 2 });
    expect(await valueOf("/v:1")).toMatchObject({
      Value: "one",
      Version: 1,
      Name: "/v",
      Selector: ":1",
    });
    await expect(valueOf("/v:9")).rejects.toMatchObject({ name: "ParameterVersionNotFound" });
  });

  test("that is missing is ParameterNotFound, without a message", async () => {
    const missing = admin.send(new GetParameterCommand({ Name: "/missing" }));
    await expect(missing).rejects.toMatchObject({
      name: "ParameterNotFound",
      message: "UnknownError",
    });
    expect(refusals).toEqual(["ssm: ssm:GetParameter: ParameterNotFound: ParameterNotFound"]);
  });

  test("is the same with and without its slash, called as it is asked for", async () => {
    await put("bare", "first");
    const over = { Name: "/bare", Value: "second", Type: "String", Overwrite: true } as const;
    expect(await admin.send(new PutParameterCommand(over))).toMatchObject({ Version: 2 });
    for (const Name of ["bare", "/bare"]) {
      const { Parameter } = await admin.send(new GetParameterCommand({ Name }));
      expect(Parameter).toMatchObject({ Name, Value: "second", Version: 2 });
    }
    const both = await admin.send(new GetParametersCommand({ Names: ["bare", "/bare"] }));
    expect(both.Parameters?.map(({ Name }) => Name)).toEqual(["/bare", "bare"]);
    await admin.send(new DeleteParameterCommand({ Name: "bare" }));
    await expect(admin.send(new GetParameterCommand({ Name: "/bare" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
  });

  test.each(["a/b/c", "/a//b", "//a", "/a/", "/"])(
    "cannot be read by the malformed name %s",
    async (Name) => {
      for (const read of [new GetParameterCommand({ Name }), new DeleteParameterCommand({ Name })])
        await expect(admin.send(read)).rejects.toMatchObject({
          name: "ValidationException",
          message: expect.stringContaining("sub-paths divided by slash symbol"),
        });
    },
  );

  test("gives ciphertext without WithDecryption when it is a SecureString", async () => {
    await admin.send(
      new PutParameterCommand({ Name: "/s", Value: "geheim", Type: "SecureString" }),
    );
    const sealed = (await admin.send(new GetParameterCommand({ Name: "/s" }))).Parameter;
    expect(sealed?.Type).toBe("SecureString");
    expect(Buffer.from(sealed?.Value ?? "", "base64").length).toBe(12 + 16 + "geheim".length);
    expect(Buffer.from(sealed?.Value ?? "", "base64").toString("latin1")).not.toContain("geheim");
    const open = await admin.send(new GetParameterCommand({ Name: "/s", WithDecryption: true }));
    expect(open.Parameter?.Value).toBe("geheim");
  });

  test("can be deleted once", async () => {
    await put("/d");
    await admin.send(new DeleteParameterCommand({ Name: "/d" }));
    const again = admin.send(new DeleteParameterCommand({ Name: "/d" }));
    await expect(again).rejects.toMatchObject({ name: "ParameterNotFound" });
  });
});

const badPuts: [
  why: string,
  input: { Name: string; Value: string; Type?: "String" | "StringList" },
  error: string,
][] = [
  [
    "a value over 4 KB",
    { Name: "/big", Value: "x".repeat(4097), Type: "String" },
    "ValidationException",
  ],
  ["no type for a new parameter", { Name: "/new", Value: "x" }, "ValidationException"],
  [
    "a path without a leading slash",
    { Name: "a/b", Value: "x", Type: "String" },
    "ValidationException",
  ],
  ["an empty segment", { Name: "/a//b", Value: "x", Type: "String" }, "ValidationException"],
  ["a space inside the name", { Name: "/a b", Value: "x", Type: "String" }, "ValidationException"],
  ["a reserved name", { Name: "/aws/x", Value: "x", Type: "String" }, "AccessDeniedException"],
  [
    "a name that begins with ssm",
    { Name: "SsmThing", Value: "x", Type: "String" },
    "ValidationException",
  ],
  [
    "16 levels",
    { Name: "/l".repeat(16), Value: "x", Type: "String" },
    "HierarchyLevelLimitExceededException",
  ],
  [
    "a reference to another parameter",
    { Name: "/r", Value: "{{ssm:other}}", Type: "String" },
    "ValidationException",
  ],
];

test.each(badPuts)("refuses to put %s", async (_why, input, error) => {
  await expect(admin.send(new PutParameterCommand(input))).rejects.toMatchObject({ name: error });
  expect(refusals).toHaveLength(1);
});

test("takes a value of exactly 4 KB and a name of 15 levels", async () => {
  await put("/big", "x".repeat(4096));
  await put("/l".repeat(15));
  expect(refusals).toEqual([]);
});

test("refuses to change a parameter's type", async () => {
  await put("/t");
  const change = admin.send(
    new PutParameterCommand({ Name: "/t", Value: "x", Type: "StringList", Overwrite: true }),
  );
  await expect(change).rejects.toMatchObject({ name: "HierarchyTypeMismatchException" });
});

describe("several parameters", () => {
  test("come with unknown names listed, in the order of their names and not as an error", async () => {
    await put("/b", "2");
    await put("/a", "1");
    const found = await admin.send(new GetParametersCommand({ Names: ["/b", "/nope", "/a"] }));
    expect(names(found.Parameters)).toEqual(["/a", "/b"]);
    expect(found.InvalidParameters).toEqual(["/nope"]);
  });

  test("are at most ten in one call", async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `/n${index}`);
    const eleven = admin.send(new GetParametersCommand({ Names }));
    await expect(eleven).rejects.toMatchObject({ name: "ValidationException" });
  });

  test("are deleted together", async () => {
    await put("/a");
    const gone = await admin.send(new DeleteParametersCommand({ Names: ["/a", "/b"] }));
    expect(gone).toMatchObject({ DeletedParameters: ["/a"], InvalidParameters: ["/b"] });
  });
});

describe("a path", () => {
  test("has one level unless it is read recursively, and no neighbours with a longer name", async () => {
    for (const name of ["/p/a", "/p/b/c", "/pq", "/p"]) ssm.put(name, "x");
    expect(names((await byPath({ Path: "/p" })).Parameters)).toEqual(["/p/a"]);
    expect(names((await byPath({ Path: "/p/", Recursive: true })).Parameters)).toEqual([
      "/p/a",
      "/p/b/c",
    ]);
    expect(names((await byPath({ Path: "/", Recursive: false })).Parameters)).toEqual([
      "/p",
      "/pq",
    ]);
  });

  test("that holds nothing is an empty list", async () => {
    const { Parameters, NextToken } = await byPath({ Path: "/nothing" });
    expect(Parameters).toEqual([]);
    expect(NextToken).toBeUndefined();
  });

  test("comes in pages of at most ten, each parameter once", async () => {
    for (let index = 0; index < 12; index += 1)
      ssm.put(`/p/${String(index).padStart(2, "0")}`, "x");
    const first = await byPath({ Path: "/p" });
    expect(first.Parameters).toHaveLength(10);
    const second = await byPath({ Path: "/p", NextToken: first.NextToken ?? "" });
    expect(names(second.Parameters)).toEqual(["/p/10", "/p/11"]);
    expect(second.NextToken).toBeUndefined();
    await expect(byPath({ Path: "/p", MaxResults: 11 })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(byPath({ Path: "/q", NextToken: first.NextToken ?? "" })).rejects.toMatchObject({
      name: "InvalidNextToken",
    });
  });

  test("must begin with a slash", async () => {
    await expect(byPath({ Path: "p" })).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("throttling", () => {
  test("gives forty requests at once, then one every 25 ms, for reads and writes together", async () => {
    // A clock that moves by hand only; the API's own clock goes on, because the SDK signs with it.
    let nowMs = 0;
    const bucket = createSsm({
      region,
      accountId,
      clock: { now: () => nowMs, offsetMs: 0, advance: () => {} },
    });
    bucket.put("/a", "x");
    const run =
      (operation: string, input: { Name?: string; Names?: string[]; Path?: string }) => async () =>
        bucket.service.operations[operation]?.run(input, undefined);
    const reads = [
      run("GetParameter", { Name: "/a" }),
      run("GetParameters", { Names: ["/a"] }),
      run("GetParametersByPath", { Path: "/" }),
    ];
    for (let index = 0; index < 40; index += 1) await reads[index % 3]?.();
    const throttled = { type: "ThrottlingException", message: "Rate exceeded", status: 400 };
    for (const read of reads) await expect(read()).rejects.toMatchObject(throttled);
    await expect(run("PutParameter", { Name: "/b" })()).rejects.toMatchObject(throttled);
    nowMs += 25;
    await reads[0]?.();
    await expect(reads[0]?.()).rejects.toMatchObject(throttled);
    nowMs += 60_000;
    for (let index = 0; index < 40; index += 1) await reads[0]?.();
    await expect(reads[0]?.()).rejects.toMatchObject(throttled);
  });

  test("reaches the SDK as ThrottlingException", async () => {
    vi.spyOn(clock, "now").mockReturnValue(clock.now());
    const calls = Array.from({ length: 60 }, () =>
      admin.send(new GetParametersCommand({ Names: ["/a"] })).then(
        () => "ok",
        (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?"),
      ),
    );
    const outcomes = new Set(await Promise.all(calls));
    expect([...outcomes].toSorted()).toEqual(["ThrottlingException: Rate exceeded", "ok"]);
  });
});

describe("the guard's own role", () => {
  test("reads what it needs by name, and opens the one secret", async () => {
    ssm.put(`${prefix}/clients/web`, "id");
    ssm.put(`${prefix}/web-client-secret`, "swordfish", "SecureString");
    const Names = [`${prefix}/clients/web`, `${prefix}/web-client-secret`];
    const closed = await edge.send(new GetParametersCommand({ Names }));
    expect(closed.Parameters?.map(({ Value }) => Value)).toEqual([
      "id",
      expect.not.stringMatching("swordfish"),
    ]);
    const open = await edge.send(new GetParametersCommand({ Names, WithDecryption: true }));
    expect(open.Parameters?.map(({ Value }) => Value)).toEqual(["id", "swordfish"]);
  });

  const denied: [what: string, send: () => Promise<unknown>, action: string, resource: string][] = [
    [
      "a prefix that begins the same",
      () => edge.send(new GetParametersCommand({ Names: [`${prefix}x/jwks`] })),
      "GetParameters",
      `${prefix}x/jwks`,
    ],
    [
      "its prefix by path, whatever is below",
      () => edge.send(new GetParametersByPathCommand({ Path: prefix, Recursive: true })),
      "GetParametersByPath",
      prefix,
    ],
    [
      "one foreign name among its own",
      () => edge.send(new GetParametersCommand({ Names: [`${prefix}/jwks`, "/other"] })),
      "GetParameters",
      "/other",
    ],
    [
      "an action that it does not have",
      () => edge.send(new GetParameterCommand({ Name: `${prefix}/jwks` })),
      "GetParameter",
      `${prefix}/jwks`,
    ],
    [
      "writing to its own prefix",
      () =>
        edge.send(new PutParameterCommand({ Name: `${prefix}/jwks`, Value: "{}", Type: "String" })),
      "PutParameter",
      `${prefix}/jwks`,
    ],
  ];

  test.each(denied)("is denied %s, in AWS's words", async (_what, send, action, resource) => {
    const arn = `arn:aws:ssm:${region}:${accountId}:parameter${resource}`;
    const message = `User: arn:aws:sts::${accountId}:assumed-role/edge/us-east-1.guard is not authorized to perform: ssm:${action} on resource: ${arn} because no identity-based policy allows the ssm:${action} action`;
    await expect(send()).rejects.toMatchObject({ name: "AccessDeniedException", message });
    expect(refusals).toEqual([`ssm: ${message}`]);
  });
});
