import { PassThrough } from "node:stream";
import { text as bodyOf } from "node:stream/consumers";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import { type LoopbackServer, startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { outputs, poolId } from "../../../test/dev-stage.ts";
import { addToStage } from "./add.ts";
import type { NewUser } from "./new-user.ts";

const password = "Correct-Horse-7";

interface Scripted {
  readonly status: number;
  readonly body: unknown;
}
interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

let server: LoopbackServer;
/** Everything that arrived, in order. */
let calls: Call[];
/** Answers by operation, the next one first; an empty object when there is none. */
let answers: Record<string, Scripted[]>;

function refusal(type: string, message = type, status = 400): Scripted {
  return { status, body: { __type: type, message } };
}

const ours = { "sst:app": "gatehouse", "sst:stage": "dev" };
function pool(UserPoolTags: object, Domain: string | null = "gatehouse-dev-01234567"): Scripted {
  return { status: 200, body: { UserPool: { UserPoolTags, Domain } } };
}

beforeEach(async () => {
  calls = [];
  answers = {
    GetParameter: [{ status: 200, body: { Parameter: { Value: JSON.stringify(outputs) } } }],
    DescribeUserPool: [pool(ours)],
    ListGroups: [
      { status: 200, body: { Groups: [{ GroupName: "staff" }], NextToken: "more" } },
      { status: 200, body: { Groups: [{ GroupName: "admin" }] } },
    ],
  };
  server = await startLoopbackServer();
  server.handle = async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    calls.push({ operation, input: JSON.parse(await bodyOf(request)) });
    const { status, body: answer } = answers[operation]?.shift() ?? { status: 200, body: {} };
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer));
  };
});
afterEach(() => server.close());

interface Run {
  readonly user?: Partial<NewUser>;
  readonly typed?: string;
  readonly terminal?: boolean;
  /** What `gate.ts` says. */
  readonly users?: string | Readonly<Record<string, string>>;
}

async function add({ user = {}, typed = "", terminal = false, users }: Run = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: terminal });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  stdin.end(typed);
  const client = {
    endpoint: server.origin,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 1,
  };
  const code = await addToStage(
    {
      stage: "dev",
      username: "carol",
      email: "carol@example.com",
      groups: [],
      invitation: true,
      ...user,
    },
    {
      context: {
        root: "/there/is/no/app",
        gate: {
          app: { name: "gatehouse", region: "eu-central-1" },
          stages: { default: {} },
          access: { scopes: [], rules: [] },
          backends: {},
          ...(users && { users }),
        },
        stdin,
        stdout,
        stderr,
        env: {},
      },
      ssm: new SSMClient(client),
      cognito: new CognitoIdentityProviderClient(client),
    },
  );
  const text = (stream: PassThrough): string => String(stream.read() ?? "");
  return { code, out: text(stdout), err: text(stderr) };
}

const creations = () => calls.filter(({ operation }) => operation === "AdminCreateUser");

test("has Cognito mail the invitation, to an address that counts as verified", async () => {
  expect(await add()).toEqual({
    code: 0,
    out: "carol was created in stage dev. Cognito mails the invitation with a temporary password to carol@example.com.\n",
    err: "",
  });
  expect(creations().map(({ input }) => input)).toEqual([
    {
      UserPoolId: poolId,
      Username: "carol",
      UserAttributes: [
        { Name: "email", Value: "carol@example.com" },
        { Name: "email_verified", Value: "true" },
      ],
      DesiredDeliveryMediums: ["EMAIL"],
    },
  ]);
});

test("adds the user to groups, wherever they are in the pool's list", async () => {
  const { code, out } = await add({ user: { groups: ["admin", "staff"] } });
  expect(code).toBe(0);
  expect(out).toContain("carol is in admin, staff.\n");
  expect(calls.slice(-2)).toEqual([
    {
      operation: "AdminAddUserToGroup",
      input: { UserPoolId: poolId, Username: "carol", GroupName: "admin" },
    },
    {
      operation: "AdminAddUserToGroup",
      input: { UserPoolId: poolId, Username: "carol", GroupName: "staff" },
    },
  ]);
});

const notTagged = `the user pool ${poolId} is not tagged as belonging to stage dev; if others have made it, name it in gate.ts (users).`;
const notItsDomain = `the user pool ${poolId} has another sign-in page than the outputs name.`;
test.each([
  ["belongs to another stage", pool({ ...ours, "sst:stage": "production" }), notTagged],
  ["belongs to another app", pool({ ...ours, "sst:app": "gatehouse-x" }), notTagged],
  ["belongs to nobody", pool({}), notTagged],
  ["signs in elsewhere", pool(ours, "gatehouse-dev-0123456"), notItsDomain],
  ["has no sign-in page", pool(ours, null), notItsDomain],
  ["cannot be read", refusal("ResourceNotFoundException"), "AWS says ResourceNotFoundException"],
])("asks and creates nobody when the pool in the outputs %s", async (_what, answer, message) => {
  answers["DescribeUserPool"] = [answer];
  const adding = add({ user: { groups: ["admin"], invitation: false }, typed: password });
  await expect(adding).rejects.toThrow(message);
  expect(calls.map(({ operation }) => operation)).toEqual(["GetParameter", "DescribeUserPool"]);
});

describe("of a pool that gate.ts names", () => {
  test("takes whatever its tags are, and its sign-in page under a name of its own", async () => {
    const signInUrl = "https://auth.example.com/login?client_id=1";
    const Value = JSON.stringify({ ...outputs, signInUrl });
    answers["GetParameter"] = [{ status: 200, body: { Parameter: { Value } } }];
    const theirs = { UserPoolTags: {}, Domain: "shop", CustomDomain: "auth.example.com" };
    answers["DescribeUserPool"] = [{ status: 200, body: { UserPool: theirs } }];
    expect(await add({ users: { dev: poolId } })).toMatchObject({ code: 0 });
    expect(creations()).toHaveLength(1);
  });

  test("creates nobody in another one, whoever tagged it", async () => {
    await expect(add({ users: { dev: "eu-central-1_Other" } })).rejects.toThrow(
      `the user pool ${poolId} is not eu-central-1_Other, which gate.ts names for stage dev.`,
    );
    expect(creations()).toEqual([]);
  });

  test.each(["https://auth.example.com.evil.example/login", "https://auth.example.com"])(
    "creates nobody when the outputs send people to %s",
    async (signInUrl) => {
      const Value = JSON.stringify({ ...outputs, signInUrl });
      answers["GetParameter"] = [{ status: 200, body: { Parameter: { Value } } }];
      const theirs = { UserPoolTags: {}, CustomDomain: "auth.example.com" };
      answers["DescribeUserPool"] = [{ status: 200, body: { UserPool: theirs } }];
      await expect(add({ users: poolId })).rejects.toThrow(notItsDomain);
      expect(creations()).toEqual([]);
    },
  );
});

test.each([
  "https://gatehouse-dev-01234567.auth.eu-central-1.amazoncognito.com",
  "https://gatehouse-dev-01234567.auth.eu-central-1.amazoncognito.com.evil.example/login",
  "https://gatehouse-dev-01234567.auth.eu-central-1.amazoncognito.com@evil.example/login",
  "https://gatehouse-dev-01234567.auth.eu-west-1.amazoncognito.com/login",
  "https://evil.example/https://gatehouse-dev-01234567.auth.eu-central-1.amazoncognito.com/login",
])("creates nobody when the outputs send people to %s", async (signInUrl) => {
  const Value = JSON.stringify({ ...outputs, signInUrl });
  answers["GetParameter"] = [{ status: 200, body: { Parameter: { Value } } }];
  await expect(add()).rejects.toThrow(notItsDomain);
  expect(creations()).toEqual([]);
});

test("creates nobody when a group is missing, and lists those there are", async () => {
  await expect(add({ user: { groups: ["admin", "admins"] } })).rejects.toThrow(
    "Stage dev has no group admins. It has admin, staff. Nothing was changed.",
  );
  expect(creations()).toEqual([]);
});

test.each([
  ["piped", `${password}\n`, false, ""],
  ["piped without an end of line", password, false, ""],
  ["typed", `${password}\r`, true, "Temporary password for carol (not shown): \n"],
])(
  "takes a temporary password that is %s, and shows it nowhere",
  async (_how, typed, terminal, shown) => {
    const user = { invitation: false, email: undefined };
    const { code, out, err } = await add({ user, typed, terminal });
    expect(code).toBe(0);
    expect(creations().map(({ input }) => input)).toEqual([
      {
        UserPoolId: poolId,
        Username: "carol",
        MessageAction: "SUPPRESS",
        TemporaryPassword: password,
      },
    ]);
    expect(out).toBe(
      "carol was created in stage dev. Nothing was mailed: hand over the temporary password yourself.\n",
    );
    expect(err).toBe(shown);
  },
);

test.each([
  ["nothing", ""],
  ["an empty line", "\n"],
  ["two lines", `${password}\n${password}\n`],
  ["too much", "x".repeat(257)],
])("creates nobody when stdin holds %s", async (_what, typed) => {
  const adding = add({ user: { invitation: false }, typed });
  await expect(adding).rejects.toThrow("--no-invitation takes the temporary password from stdin");
  expect(creations()).toEqual([]);
});

const unchanged = "Nothing was changed.";
const uncertain = "It is not certain whether the user was created";
test.each([
  [
    "exists",
    refusal("UsernameExistsException", "User account already exists"),
    "Stage dev has a user carol already, or one with this e-mail address. Nothing was changed.",
  ],
  [
    "has the address of another",
    refusal("AliasExistsException"),
    "Another user of stage dev has the address carol@example.com. Nothing was changed.",
  ],
  [
    "breaks the pool's rules",
    refusal("InvalidParameterException", "Username cannot be of email format"),
    "carol could not be created in stage dev: AWS says InvalidParameterException: Username cannot be of email format. Nothing was changed.",
  ],
  ["may not be created", refusal("AccessDeniedException"), unchanged],
  ["cannot be mailed to", refusal("CodeDeliveryFailureException"), uncertain],
  ["meets a fault of AWS", refusal("InternalErrorException", "x", 500), uncertain],
])("says what is there when the user %s", async (_what, answer, message) => {
  answers["AdminCreateUser"] = [answer];
  await expect(add()).rejects.toThrow(message);
  expect(calls.at(-1)?.operation).toBe("AdminCreateUser");
});

test("never repeats a password that AWS quotes", async () => {
  answers["AdminCreateUser"] = [
    refusal("InvalidPasswordException", `Value '${password}' at 'password' is too plain`),
  ];
  const adding = add({ user: { invitation: false }, typed: password });
  await expect(adding).rejects.toThrow("Value '(the password)' at 'password' is too plain");
});

test("says how to finish when a group fails after the user exists, and adds to the others", async () => {
  answers["AdminAddUserToGroup"] = [refusal("TooManyRequestsException")];
  const user = { username: "o'hara", groups: ["admin", "staff"] };
  const { code, out, err } = await add({ user });
  expect(code).toBe(1);
  expect(out).toContain("o'hara was created in stage dev.");
  expect(out).toContain("o'hara is in staff.\n");
  expect(err)
    .toBe(`o'hara was not added to admin: AWS is throttling calls from this account. Try again in a minute.
o'hara was created. To finish:
  aws cognito-idp admin-add-user-to-group --region eu-central-1 --user-pool-id ${poolId} --username 'o'\\''hara' --group-name admin
`);
});
