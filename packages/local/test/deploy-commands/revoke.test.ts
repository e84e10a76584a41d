import { PassThrough } from "node:stream";
import { text as bodyOf } from "node:stream/consumers";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import {
  parseRevocationPage,
  parseRevocations,
  revocationPageText,
} from "@sst-gatehouse/blueprint/revocations";
import {
  createAdministrator,
  type PlayedParameterStore,
  playParameterStore,
} from "../parameter-store.ts";
import { type LoopbackServer, startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { afterEach, beforeEach, expect, test } from "vitest";

import { outputs, poolId } from "@sst-gatehouse/deploy/test/dev-stage";
import { revokeInStage, type RevocationRequest } from "@sst-gatehouse/deploy/revoke";
import { requireStackHere } from "@sst-gatehouse/deploy/stack-here";

const listName = "/gatehouse/gatehouse/dev/revoked";
const sub = "8b99d25a-9041-70c3-4d2b-111111111111";
/** Of AWS; this machine's clock says something else. */
const now = 1_900_000_000;
const empty = '{"everybody":0,"users":{}}';

type Input = Readonly<Record<string, unknown>>;
interface Call {
  readonly operation: string;
  readonly input: Input;
}

const account = "123456789012";
const administrator = createAdministrator(account);
let store: PlayedParameterStore;
let server: LoopbackServer;
let calls: Call[];
/** The versions of the list, the first one first; none: the parameter is missing. A run begins with these, and adds its own. */
let versions: string[];
/** The list's further parameters, likewise. */
let pages: Map<string, string>;
/** Of AWS, from one answer of Parameter Store to the next. */
let seconds: number;
let users: string[];
/** What somebody else writes just before the next writes arrive here. */
let others: string[];
/** What somebody else writes just after the next write. */
let afterwards: string[];
let refused: Record<string, string>;
/** So often Cognito throttles the next calls. */
let throttledTimes: number;
let waited: number[];
let tags: Record<string, string>;

class Refusal extends Error {}

/** The stack's Parameter Store with the list in it, which writes down what is called and what becomes of the list. */
function playStore(): PlayedParameterStore {
  const played = playParameterStore("eu-central-1", account, administrator.identities, {
    clock: { now: () => seconds * 1000 },
    around(operation, input, run) {
      calls.push({ operation, input });
      const { Name, Value }: Input = input;
      if (operation !== "PutParameter") return run();
      if (Name !== listName) {
        const answer = run();
        pages.set(String(Name), String(Value));
        return answer;
      }
      const write = (text: string): void => {
        played.put(listName, text);
        versions.push(text);
      };
      for (const other of others.splice(0, 1)) write(other);
      const answer = run();
      versions.push(String(Value));
      for (const other of afterwards.splice(0, 1)) write(other);
      return answer;
    },
  });
  played.put("/gatehouse/gatehouse/dev/outputs", JSON.stringify(outputs));
  for (const text of versions) played.put(listName, text);
  for (const [name, text] of pages) played.put(name, text);
  return played;
}

const answers: Record<string, (input: Input) => object> = {
  DescribeUserPool: () => ({
    UserPool: { UserPoolTags: tags, Domain: "gatehouse-dev-01234567" },
  }),
  ListUsers({ PaginationToken = "0", Limit }) {
    const from = Number(PaginationToken);
    const page = users.slice(from, from + Number(Limit));
    const more = from + page.length < users.length;
    return {
      Users: page.map((Username) => ({ Username })),
      ...(more ? { PaginationToken: String(from + page.length) } : {}),
    };
  },
  AdminUserGlobalSignOut({ Username }) {
    if (Username === "gone") throw new Refusal("UserNotFoundException");
    if (throttledTimes > 0) {
      throttledTimes -= 1;
      throw new Refusal("TooManyRequestsException");
    }
    seconds += 1; // signing out takes its time
    return {};
  },
  AdminGetUser({ Username }) {
    if (Username === "nobody") throw new Refusal("UserNotFoundException");
    return {
      Username: Username === "ada@example.com" ? "ada" : Username,
      UserAttributes: [
        { Name: "email", Value: "ada@example.com" },
        { Name: "sub", Value: sub },
      ],
    };
  },
};

beforeEach(async () => {
  calls = [];
  versions = [empty];
  pages = new Map();
  seconds = now;
  users = ["ada", "bob"];
  others = [];
  afterwards = [];
  refused = {};
  throttledTimes = 0;
  waited = [];
  tags = { "sst:app": "gatehouse", "sst:stage": "dev" };
  server = await startLoopbackServer();
  server.handle = async (request, response) => {
    response.setHeader("date", new Date(seconds * 1000).toUTCString());
    const [service, called = ""] = String(request.headers["x-amz-target"]).split(".");
    if (service === "AmazonSSM" && refused[called] === undefined) {
      store.listener(request, response);
      return;
    }
    const input: Input = JSON.parse(await bodyOf(request));
    calls.push({ operation: called, input });
    const head = { "content-type": "application/x-amz-json-1.1" };
    try {
      const fault = refused[called];
      if (fault !== undefined) throw new Refusal(fault);
      const answer = answers[called]?.(input) ?? {};
      response.writeHead(200, head).end(JSON.stringify(answer));
    } catch (error) {
      const message = error instanceof Error ? error.message : "";
      response.writeHead(400, head).end(JSON.stringify({ __type: message, message }));
    }
  };
});
afterEach(() => server.close());

async function revoke(request: Partial<RevocationRequest> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  store = playStore();
  const client = {
    endpoint: server.origin,
    region: "eu-central-1",
    credentials: administrator.credentials,
    // As if there had been an answer already. Later the SDK corrects it by itself, after a refusal.
    systemClockOffset: seconds * 1000 - Date.now(),
    maxAttempts: 1,
  };
  const code = await revokeInStage(
    { stage: "dev", username: "ada", disable: false, ...request },
    {
      context: {
        root: "/there/is/no/app",
        gate: {
          app: { name: "gatehouse", region: "eu-central-1" },
          stages: { default: {}, silent: { revocation: "off" } },
          access: { scopes: [], rules: [] },
          backends: {},
        },
        stdin: new PassThrough(),
        stdout,
        stderr,
        env: {},
      },
      ssm: new SSMClient({ ...client, maxAttempts: 2 }),
      cognito: new CognitoIdentityProviderClient(client),
      wait: async (ms) => waited.push(ms),
    },
  );
  const text = (stream: PassThrough): string => String(stream.read() ?? "");
  return { code, out: text(stdout), err: text(stderr) };
}

/** What changes something, in order. */
const changes = () =>
  calls
    .map(({ operation }) => operation)
    .filter((operation) => !/^(?:Get|Describe|AdminGet)/.test(operation));
const list = (): unknown => JSON.parse(versions.at(-1) ?? "");

const instantOf = (time: number) => new Date(time * 1000).toISOString().replace(".000", "");
const promiseOf = (time: number) =>
  `Within 60 seconds all tokens from sign-ins up to ${instantOf(time)} are refused; it can take longer only if the stage has revocation: "allow" and Parameter Store cannot be reached.`;
const firstPromise = promiseOf(now);
/** After the sign-out at Cognito, which took a second. */
const until = promiseOf(now + 1);

test("writes the time first, by AWS's clock, and signs out at Cognito then", async () => {
  expect(await revoke()).toEqual({
    code: 0,
    out: `ada is signed out of stage dev. ${until}
Anybody with the password can sign in again; for up to an hour, so can a browser that still has the hosted sign-in's cookie. Only --disable is a sure lock-out.
`,
    err: "",
  });
  expect(changes()).toEqual(["PutParameter", "AdminUserGlobalSignOut", "PutParameter"]);
  // What was refreshed between the list and the sign-out is covered, too.
  expect(versions.map((text) => JSON.parse(text).users)).toEqual([
    {},
    { [sub]: now },
    { [sub]: now + 1 },
  ]);
  const signOut = calls.find(({ operation }) => operation === "AdminUserGlobalSignOut");
  expect(signOut?.input).toEqual({ UserPoolId: poolId, Username: "ada" });
});

test("disables before the time is taken, so that no sign-in comes after it", async () => {
  const { code, out } = await revoke({ disable: true });
  expect(code).toBe(0);
  expect(out).toBe(
    `ada is disabled in stage dev: no sign-in works any more.\nada is signed out of stage dev. ${until}\n`,
  );
  expect(changes()).toEqual([
    "AdminDisableUser",
    "PutParameter",
    "AdminUserGlobalSignOut",
    "PutParameter",
  ]);
});

test("names the user by the name that Cognito has, though an address was given", async () => {
  await revoke({ username: "ada@example.com", disable: true });
  const names = calls.filter(({ operation }) => /^Admin(Disable|UserGlobal)/.test(operation));
  expect(names.map(({ input }) => input["Username"])).toEqual(["ada", "ada"]);
});

test("signs everybody out by one time and at Cognito, and users leave the list", async () => {
  versions = [`{"everybody":5,"users":{"${sub}":1800000000}}`];
  users = [...Array.from({ length: 1250 }, (_, at) => `user-${at}`), "gone"];
  const { code, out, err } = await revoke({ username: undefined });
  expect(code).toBe(0);
  expect(out).toBe(`Everybody is signed out of stage dev, machines too. ${firstPromise}
1251 users are signed out at Cognito, too.
Who signed in while this command ran is signed out as well: up to ${instantOf(now + 1250)}. From now on everybody may sign in again. To lock somebody out, name the user and add --disable.
`);
  expect(err).toBe(
    "600 users signed out at Cognito so far\n1200 users signed out at Cognito so far\n",
  );
  expect(list()).toEqual({ everybody: now + 1250, users: {} });
  const signedOut = calls.filter(({ operation }) => operation === "AdminUserGlobalSignOut");
  expect(new Set(signedOut.map(({ input }) => input["Username"]))).toEqual(new Set(users));
  expect([changes().at(0), changes().at(-1)]).toEqual(["PutParameter", "PutParameter"]);
});

test("waits longer and longer while Cognito throttles, and goes on", async () => {
  users = ["ada"];
  throttledTimes = 3;
  expect((await revoke({ username: undefined })).code).toBe(0);
  expect(waited).toEqual([1000, 2000, 4000]);
  expect(list()).toEqual({ everybody: now + 1, users: {} });
});

test("says that everybody is signed out here and not at Cognito, after a minute of throttling", async () => {
  users = ["ada"];
  throttledTimes = 100;
  const { code, out, err } = await revoke({ username: undefined });
  expect([code, waited.length]).toEqual([1, 6]);
  expect(out).toBe(`Everybody is signed out of stage dev, machines too. ${firstPromise}\n`);
  expect(err).toContain("But Cognito still accepts refresh tokens");
  expect(list()).toEqual({ everybody: now, users: {} });
});

test("keeps what another administrator has written at the same time, before or after", async () => {
  others = [`{"everybody":0,"users":{"other":${now - 5}}}`];
  expect((await revoke()).code).toBe(0);
  expect(list()).toEqual({ everybody: 0, users: { [sub]: now + 1, other: now - 5 } });

  versions = [empty];
  afterwards = [`{"everybody":0,"users":{"later":${now}}}`];
  expect((await revoke()).code).toBe(0);
  expect(list()).toEqual({ everybody: 0, users: { [sub]: now + 2, later: now } });
});

test("gives up, and says so, when the list never stands still", async () => {
  others = Array.from({ length: 9 }, () => empty);
  await expect(revoke()).rejects.toThrow("it is not certain that this revocation is in it");
  expect(changes()).not.toContain("AdminUserGlobalSignOut");
});

test("tells that Cognito was not told, and how to finish", async () => {
  refused = { AdminUserGlobalSignOut: "TooManyRequestsException" };
  const { code, err } = await revoke();
  expect(code).toBe(1);
  expect(err).toBe(
    "But Cognito still accepts refresh tokens: AWS is throttling calls from this account. Try again in a minute. In some accounts a token that they renew counts as a new sign-in. To finish, run the command again.\n",
  );
  expect(list()).toEqual({ everybody: 0, users: { [sub]: now } });
});

const subOf = (count: number) => `00000000-0000-0000-0000-${String(count).padStart(12, "0")}`;
const dense = (from: number, count: number, inAll = 1) =>
  revocationPageText({
    everybody: 0,
    users: new Map(Array.from({ length: count }, (_, at) => [subOf(from + at), now - 9])),
    pages: inAll,
  });
/** Ten parameters with as many users as each can hold. */
function fillList(): void {
  versions = [dense(0, 101, 10)];
  for (let at = 1; at < 10; at += 1) pages.set(`${listName}/${at}`, dense(at * 101, 101));
}

test("a list of one full parameter gets a second one, which the first one counts only then", async () => {
  versions = [dense(0, 101)];
  expect((await revoke()).code).toBe(0);
  const second = pages.get(`${listName}/1`) ?? "";
  expect(JSON.parse(second).users).toEqual({ [sub]: now + 1 });
  expect(parseRevocationPage(versions.at(-1) ?? "", now)).toMatchObject({ pages: 2 });
  const puts = calls.filter(({ operation }) => operation === "PutParameter");
  expect(puts.slice(0, 2).map(({ input }) => input["Name"])).toEqual([`${listName}/1`, listName]);
});

test("what a removed stage of this name has left is written over, and counts for nobody", async () => {
  const left = dense(500, 3);
  pages.set(`${listName}/1`, left);
  expect((await revoke()).code).toBe(0);
  expect([pages.get(`${listName}/1`), list()]).toEqual([
    left,
    { everybody: 0, users: { [sub]: now + 1 } },
  ]);
  versions = [dense(0, 101)];
  expect((await revoke()).code).toBe(0);
  expect(JSON.parse(pages.get(`${listName}/1`) ?? "").users).toEqual({ [sub]: now + 2 });
});

test("1,000 users fit, and who is there already is written where they are", async () => {
  fillList();
  pages.set(`${listName}/9`, dense(9 * 101, 90));
  expect((await revoke()).code).toBe(0);
  const puts = calls.filter(({ operation }) => operation === "PutParameter");
  expect(puts.map(({ input }) => input["Name"])).toEqual([`${listName}/9`, `${listName}/9`]);
  const { users: ended } = parseRevocations([versions.at(-1), ...pages.values()], now + 1);
  expect([ended.size, ended.get(sub)]).toEqual([1000, now + 1]);
});

test("everybody makes room again", async () => {
  fillList();
  users = [];
  expect((await revoke({ username: undefined })).code).toBe(0);
  seconds += 1;
  expect((await revoke()).code).toBe(0);
  expect(parseRevocationPage(versions.at(-1) ?? "", seconds)).toEqual({
    everybody: now,
    users: new Map([[sub, now + 2]]),
    pages: 10,
  });
});

const refusals: [what: string, arrange: () => void, username: string, message: string][] = [
  ["the user is unknown", () => undefined, "nobody", "There is no user nobody in stage dev."],
  [
    "the stage has no list",
    () => (versions = []),
    "ada",
    `There is no list of revocations in stage dev: the parameter ${listName} is missing.`,
  ],
  ["the list is full", fillList, "ada", "it names 1010 users"],
  [
    "a part of the list is missing",
    () => (versions = [dense(0, 1, 2)]),
    "ada",
    "is not a list that can be used",
  ],
  ["the list is not a list", () => (versions = ["{}"]), "ada", "is not a list that can be used"],
  [
    "the list has a time in the future",
    () => (versions = [`{"everybody":${now + 301},"users":{}}`]),
    "ada",
    "a time in it is in the future",
  ],
  [
    "the pool is another stage's",
    () => (tags = { ...tags, "sst:stage": "production" }),
    "ada",
    "is not tagged as belonging to stage dev",
  ],
  [
    "the credentials may not write",
    () => (refused = { PutParameter: "AccessDeniedException" }),
    "ada",
    "The list of revocations of stage dev cannot be written",
  ],
];
test.each(refusals)(
  "changes nothing when %s, and says so",
  async (_what, arrange, username, message) => {
    arrange();
    const revoking = revoke({ username });
    await expect(revoking).rejects.toThrow(message);
    await expect(revoking).rejects.toThrow(/(?:Nothing was|The list was not) changed\./);
    expect(changes().filter((operation) => operation !== "PutParameter")).toEqual([]);
  },
);

test.each(["ada", undefined])(
  "revokes nothing in a stage whose guard reads no list, though the list is there (%s)",
  async (username) => {
    await expect(revoke({ stage: "silent", username, disable: true })).rejects.toThrow(
      'stages.ts says revocation: "off" for stage silent, so nothing reads the list, and a token is valid until it expires. Nothing was changed.',
    );
    expect(calls).toEqual([]);
  },
);

test("does not disable who could not be revoked", async () => {
  fillList();
  await expect(revoke({ disable: true })).rejects.toThrow("is full");
  expect(changes()).toEqual([]);
});

test("writes a new list for everybody where the old one cannot be read", async () => {
  versions = ["broken"];
  users = [];
  expect((await revoke({ username: undefined })).code).toBe(0);
  expect(list()).toEqual({ everybody: now, users: {} });
});

const here = {
  AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:4280",
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "http://127.0.0.1:4280",
  AWS_ACCESS_KEY_ID: "ASIA",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "token",
};

test("without a stage, speaks to a stack on this machine", () => {
  expect(requireStackHere(here)).toBe(undefined);
  for (const address of ["http://localhost:1/", "http://[::1]:65535"])
    expect(requireStackHere({ ...here, AWS_ENDPOINT_URL_SSM: address })).toBe(undefined);
});

test("says which lines to paste when it is not told where the stack is", () => {
  const { AWS_ENDPOINT_URL_SSM: _ssm, AWS_SESSION_TOKEN: _token, ...rest } = here;
  expect(() => requireStackHere(rest)).toThrow(
    `try again:

  export AWS_ENDPOINT_URL_SSM=<endpoints.ssm>
  export AWS_SESSION_TOKEN=<credentials.admin.sessionToken>`,
  );
});

test.each([
  "https://ssm.eu-central-1.amazonaws.com",
  "http://127.0.0.1.evil.example",
  "http://127.0.0.1@evil.example",
  "http://localhost:4280/x",
])("without a stage, never speaks to %s", (address) => {
  const env = { ...here, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: address };
  expect(() => requireStackHere(env)).toThrow("is an address elsewhere");
});
