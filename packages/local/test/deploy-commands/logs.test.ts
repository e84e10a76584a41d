import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { gatherLines, type Place, type Wanted } from "@sst-gatehouse/deploy/gather-lines";
import { lineInJson, lineInWords } from "@sst-gatehouse/deploy/print-line";
import { parseSince } from "@sst-gatehouse/deploy/since";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { type PlayedAccount, startAccount } from "./account/start-account.ts";
import { emptyAccount, type PlayedLogGroup } from "./account/state.ts";

const group = "/gatehouse/gatehouse/dev/guard";
const regions = ["us-east-1", "eu-central-1", "eu-west-2", "ap-south-1", "sa-east-1"];
const home = "eu-west-1";
const apiGroup = "/aws/lambda/gatehouse-dev-Api";
const places: readonly Place[] = [
  ...regions.map((region) => ({ region, group, from: "guard" })),
  { region: home, group: apiGroup, from: "Api" },
];

const start = Date.parse("2026-11-30T03:00:00Z");
const requestId = "Kf8Q-_abc==";
const lambdaRequestId = "5f8e7d6c-0000-4000-8000-123456789abc";

function line(second: number, message: object | string) {
  return {
    logStreamName: "s",
    timestamp: start + second * 1000,
    message: `${typeof message === "string" ? message : JSON.stringify(message)}\n`,
  };
}

const decision = { v: 1, by: "guard", method: "GET", outcome: "forwarded", rule: "/*" };
const answer = { v: 1, by: "backend", level: "info", method: "GET", ms: 3 };

/** A guard that ran in five regions, the request in question in the last of them. */
function logGroups(): PlayedLogGroup[] {
  return [
    ...regions.map((region, index) => ({
      region,
      logGroupName: group,
      events: [
        line(10 - index, { ...decision, requestId: `other-${index}` }),
        line(20 + index, {
          ...decision,
          requestId: `more-${index}`,
          outcome: "refused",
          status: 403,
          code: "access_denied",
        }),
        line(-4000, { ...decision, requestId: `old-${index}` }),
        ...(region === "sa-east-1" ? [line(1, { ...decision, requestId })] : []),
      ],
    })),
    {
      region: home,
      logGroupName: apiGroup,
      events: [
        line(2, {
          timestamp: "x",
          level: "INFO",
          requestId: lambdaRequestId,
          message: "charged \u001b[2J",
        }),
        line(2.5, `2026-11-30T03:00:02Z ${lambdaRequestId} INFO plain text`),
        line(3, { ...answer, requestId, lambdaRequestId, status: 500 }),
        line(4, {
          ...answer,
          level: "warn",
          requestId: "more-1",
          lambdaRequestId: "l2",
          status: 403,
          code: "access_denied",
        }),
      ],
    },
  ];
}

let account: PlayedAccount;
beforeAll(async () => {
  account = await startAccount(emptyAccount());
});
afterAll(() => account.close());
beforeEach(() => {
  account.state = { ...emptyAccount(), logGroups: logGroups() };
});

/** As the command asks, but for how often and how long it tries again. */
async function gather(wanted: Partial<Wanted> = {}, where = places) {
  const { url: endpoint, credentials } = account;
  const clientOf = (region: string) =>
    new CloudWatchLogsClient({ region, endpoint, credentials, maxAttempts: 1 });
  const { lines, silent } = await gatherLines(clientOf, where, { since: start, ...wanted });
  return { lines, silent, told: lines.map(lineInWords) };
}

test("the guard's lines of five regions and the backend's come by time", async () => {
  const { lines, silent } = await gather();
  expect(silent).toEqual([]);
  const seconds = lines.map(({ timestamp }) => (timestamp - start) / 1000);
  expect(seconds).toEqual([1, 2, 2.5, 3, 4, 6, 7, 8, 9, 10, 20, 21, 22, 23, 24]);
  expect(new Set(lines.map(({ region }) => region)).size).toBe(6);
});

test("one request is found in whichever region, with the backend's line and those of the app", async () => {
  const { told } = await gather({ request: requestId });
  expect(told).toEqual([
    "2026-11-30T03:00:01.000Z sa-east-1      guard    forwarded GET rule /*",
    `2026-11-30T03:00:02.000Z eu-west-1      Api      {"timestamp":"x","level":"INFO","requestId":"${lambdaRequestId}","message":"charged \\u001b[2J"}`,
    `2026-11-30T03:00:02.500Z eu-west-1      Api      2026-11-30T03:00:02Z ${lambdaRequestId} INFO plain text`,
    "2026-11-30T03:00:03.000Z eu-west-1      Api      500 GET in 3 ms",
  ]);
  expect((await gather({ request: lambdaRequestId })).told).toEqual(told);
});

test("refusals with one code are found, and of one request", async () => {
  const { lines } = await gather({ code: "access_denied" });
  expect(lines).toHaveLength(6);
  const one = await gather({ code: "access_denied", request: "more-1" });
  expect(one.lines.map(({ from }) => from)).toEqual(["Api", "guard"]);
  expect((await gather({ code: "token_expired" })).lines).toEqual([]);
});

test.each([
  [
    "is off",
    {
      code: "UnrecognizedClientException",
      message: "The security token included in the request is invalid",
    },
    "does not take these credentials: the region is off in this account, or they are wrong",
  ],
  [
    "throttles",
    { code: "ThrottlingException", message: "Rate exceeded" },
    "AWS is throttling calls from this account. Try again in a minute.",
  ],
  [
    "may not be read",
    {
      code: "AccessDeniedException",
      message: "User: arn:aws:iam::1:user/a is not authorized to perform: logs:FilterLogEvents",
    },
    "arn:aws:iam::1:user/a may not logs:FilterLogEvents. Use other credentials (AWS_PROFILE), or have the permission added.",
  ],
])("a region that %s is named, and the others are read", async (_what, trouble, why) => {
  account.state = { ...account.state, troubles: new Map([["ap-south-1", trouble]]) };
  const { lines, silent } = await gather();
  expect(silent).toEqual([{ where: "guard in ap-south-1", why, all: true }]);
  expect(lines).toHaveLength(13);
});

test("a region where the guard never ran has nothing to say", async () => {
  const nowhere = { region: "us-west-2", group, from: "guard" };
  expect(await gather({}, [nowhere])).toEqual({ lines: [], silent: [], told: [] });
});

test("JSON lines are objects for a program, and what an app prints is text", async () => {
  const { lines } = await gather({ request: requestId });
  const [first, , plain] = lines.map((each) => JSON.parse(lineInJson(each)));
  expect(first).toEqual({
    timestamp: start + 1000,
    region: "sa-east-1",
    group,
    line: { ...decision, requestId },
  });
  expect(plain.line).toBe(`2026-11-30T03:00:02Z ${lambdaRequestId} INFO plain text`);
});

test("nothing that was printed moves a terminal's cursor", () => {
  const [place] = places;
  const text = "a\u001b[2Jb\rc\u202ed\u2028e\tf\u0007";
  expect(place && lineInWords({ ...place, timestamp: 0, text })).toBe(
    "1970-01-01T00:00:00.000Z us-east-1      guard    a?[2Jb?c?d?e\tf?",
  );
});

test.each([
  ["90s", 90],
  ["15m", 900],
  ["1h", 3600],
  ["30d", 2_592_000],
])("%s is %i seconds", (text, seconds) => {
  expect(parseSince(text)).toBe(seconds);
});

test.each(["", "1", "h", "0m", "-1h", "1.5h", "31d", "1w", "1 h", "99999999h"])(
  "%j is no time",
  (text) => {
    expect(() => parseSince(text)).toThrow("--since is a time such as");
  },
);
