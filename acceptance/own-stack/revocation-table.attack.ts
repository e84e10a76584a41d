import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { CodeSource, StackOptions } from "@sst-gatehouse/local/stack";
import { describe, expect, test } from "vitest";

import { viaApp, type Answer, type Sent } from "../support/client.ts";
import { decodeClaims } from "../support/forge.ts";
import { machineToken, signInByForm } from "../support/oauth.ts";
import { createVisitor, locationOf } from "../support/visitor.ts";
import { builtGuard } from "./built.ts";
import {
  listName,
  newUser,
  password,
  putList,
  refresh,
  signIn,
  startRevoking,
  stopClock,
  untilThrottled,
  type RevokingStack,
} from "./revoking-stack.ts";

const refreshPath = "/.auth/refresh";
const ended = "401 token_revoked";
const later = "503 settings_unavailable 5";
const admitted = "200";

type WhenUnknown = "refuse" | "allow";
/**
 * What Parameter Store does from the end of the command on: it answers; it has no list; it throttles every read; it has no
 * list from the minute on in which everybody has read the new one.
 */
type Store = "there" | "away" | "throttled" | "away afterwards";
/**
 * `in use`: asked five seconds before the minute is over, and again when it is. `thawed`: asked nothing for two minutes
 * after that. `cold`: new, and asked for the first time.
 */
type Container = "in use" | "thawed" | "cold";

/**
 * What a caller gets from a minute after `users revoke` on: by the token of the password's sign-in, by one that was
 * refreshed from it before the command, by one that was refreshed while it ran, by one from a silent sign-in with the
 * hosted cookie after it, and by the token of somebody who was not revoked.
 *
 * Each row holds in both worlds of `auth_time`, and whoever looks sign-ins up: the backend, or the guard before a function
 * that knows nothing of us.
 *
 * What cannot occur: a token that is refreshed after the command, because Cognito takes no refresh token any more, as each
 * run sees; and a guard that needs the list where the backend looks sign-ins up, as the log of each run says. Throttling
 * from some later minute on is left out: the rows before show that such a read has failed like any other.
 */
const table: readonly (readonly [
  whenUnknown: WhenUnknown,
  store: Store,
  container: Container,
  password: string,
  refreshedBefore: string,
  refreshedMeanwhile: string,
  silent: string,
  notRevoked: string,
])[] = [
  ["refuse", "there", "in use", ended, ended, ended, ended, admitted],
  ["refuse", "there", "thawed", ended, ended, ended, ended, admitted],
  ["refuse", "there", "cold", ended, ended, ended, ended, admitted],
  ["refuse", "away", "in use", later, later, later, later, later],
  ["refuse", "away", "thawed", later, later, later, later, later],
  ["refuse", "away", "cold", later, later, later, later, later],
  ["refuse", "throttled", "in use", later, later, later, later, later],
  ["refuse", "throttled", "thawed", later, later, later, later, later],
  ["refuse", "throttled", "cold", later, later, later, later, later],
  ["refuse", "away afterwards", "in use", later, later, later, later, later],
  ["refuse", "away afterwards", "thawed", later, later, later, later, later],
  ["refuse", "away afterwards", "cold", later, later, later, later, later],
  ["allow", "there", "in use", ended, ended, ended, ended, admitted],
  ["allow", "there", "thawed", ended, ended, ended, ended, admitted],
  ["allow", "there", "cold", ended, ended, ended, ended, admitted],
  // The price of "allow": the last list that was read does not have the revocation yet.
  ["allow", "away", "in use", admitted, admitted, admitted, admitted, admitted],
  ["allow", "away", "thawed", admitted, admitted, admitted, admitted, admitted],
  ["allow", "away", "cold", admitted, admitted, admitted, admitted, admitted],
  ["allow", "throttled", "in use", admitted, admitted, admitted, admitted, admitted],
  ["allow", "throttled", "thawed", admitted, admitted, admitted, admitted, admitted],
  ["allow", "throttled", "cold", admitted, admitted, admitted, admitted, admitted],
  ["allow", "away afterwards", "in use", ended, ended, ended, ended, admitted],
  ["allow", "away afterwards", "thawed", ended, ended, ended, ended, admitted],
  // It has never had a list.
  ["allow", "away afterwards", "cold", admitted, admitted, admitted, admitted, admitted],
];
const stores = ["there", "away", "throttled", "away afterwards"] as const;

/** What the log says of the reads that failed. */
const causes: Readonly<Record<Store, readonly string[]>> = {
  there: [],
  away: ["TypeError"],
  throttled: ["ThrottlingException"],
  "away afterwards": ["TypeError"],
};

const worlds: readonly (readonly [name: string, account: NonNullable<StackOptions["account"]>])[] =
  [
    ["auth_time stays", []],
    ["auth_time moves on a refresh", ["moving-auth-time"]],
  ];

/** A function that knows nothing of us, in place of the sample's. */
const foreignFunction: CodeSource = async ({ edge, functions }) => {
  await mkdir(functions, { recursive: true });
  const source = "export const handler = async () => ({ statusCode: 200 });";
  await writeFile(join(functions, "index.mjs"), source);
  return {
    edge: await builtGuard(edge),
    functions: { api: { directory: functions, handler: "index.handler" } },
  };
};

const checkers: Readonly<Record<"backend" | "guard", Pick<StackOptions, "stage" | "codeSource">>> =
  {
    backend: {},
    guard: { stage: { backendChecksRevocation: false }, codeSource: foreignFunction },
  };

const combinations = worlds.flatMap(([world, account]) =>
  (["backend", "guard"] as const).flatMap((checker) =>
    (["refuse", "allow"] as const).map((revocation) => ({ world, account, checker, revocation })),
  ),
);

describe("a sign-in that was ended", () => {
  test.each(combinations)(
    "is answered as the table says: $world, the $checker looks it up, $revocation",
    async ({ account, checker, revocation }) => {
      const { stage, ...source } = checkers[checker];
      const started = await startRevoking({
        account,
        stage: { ...stage, revocation },
        ...source,
      });
      const answers = [];
      for (const store of stores) {
        const run = await play(started, store, checker);
        for (const [container, ...row] of run) answers.push([revocation, store, container, ...row]);
      }
      expect(answers).toEqual(table.filter(([whenUnknown]) => whenUnknown === revocation));
    },
    300_000,
  );
});

/** @returns the rows of one state of the store: the container, and the answers in the table's order. */
async function play(
  started: RevokingStack,
  store: Store,
  checker: "backend" | "guard",
): Promise<string[][]> {
  const { stack, lines, api } = started;
  const [revoked, other] = [await newUser(started), await newUser(started)];
  const cookies = new Map<string, string>();
  const first = await signIn(started, revoked, { cookies });
  const { access_token: notRevoked } = await signIn(started, other);
  // No sign-in is so young that it needs no list.
  stack.clock.advance(90);
  const before = await refresh(started, first);
  // From here on the containers remember the token, and have a list that is new.
  expect([await ask(started, first.access_token), await ask(started, notRevoked)]).toEqual([
    admitted,
    admitted,
  ]);
  let meanwhile = before;
  const code = await started.revokeAround(revoked, revoked, async () => {
    meanwhile = await refresh(started, before);
  });
  expect(code).toBe(0);
  await expect(refresh(started, meanwhile)).rejects.toThrow("no tokens: 400");
  const silent = await signIn(started, revoked, { cookies, typed: "" });
  const tokens = [first, before, meanwhile, silent].map(({ access_token }) => access_token);
  const askAll = async (): Promise<string[]> => {
    const answers = [];
    for (const token of [...tokens, notRevoked]) answers.push(await ask(started, token));
    return answers;
  };

  /** Up to the end of a minute, in which there was a request. */
  const minute = async (): Promise<string[]> => {
    stack.clock.advance(55);
    await askAll();
    stack.clock.advance(5);
    return askAll();
  };
  if (store === "away afterwards") await minute();
  const line = lines.length;
  const heal = await spoil(started, store);
  const rows = [["in use", ...(await minute())]];
  stack.clock.advance(120);
  rows.push(["thawed", ...(await askAll())]);
  await stack.renew();
  rows.push(["cold", ...(await askAll())]);
  await heal();

  const failures = lines
    .slice(line)
    .filter((text) => /revocations.refresh.failed/.test(text))
    .map((text) => text.replace(/^(\w+): .*?(\w+(?:Exception|Error)).*$/, "$1 $2"));
  const told = new Set(failures);
  expect([...told]).toEqual(
    causes[store].map((cause) => `${checker === "backend" ? "api" : "guard"} ${cause}`),
  );
  return rows;

  /** @returns what makes it good again. */
  async function spoil(one: RevokingStack, how: Store): Promise<() => Promise<void>> {
    const read = () => api("AmazonSSM.GetParameter", { Name: listName });
    if (how === "there") return async () => undefined;
    if (how === "throttled") {
      const clock = stopClock(one);
      await untilThrottled(read);
      return async () => clock.start();
    }
    const { Parameter } = (await read()).json<{ Parameter: { Value: string } }>();
    expect((await api("AmazonSSM.DeleteParameter", { Name: listName })).status).toBe(200);
    return () => putList(one, Parameter.Value);
  }
}

/** Status, code and Retry-After, as far as there are any. */
async function ask({ target }: RevokingStack, token: string): Promise<string> {
  const answer = await viaApp(target, { path: "/me", token });
  if (answer.status === 200) return "200";
  const parts = [answer.status, answer.json<{ code: string }>().code, answer.header("retry-after")];
  return parts.filter((part) => part !== undefined).join(" ");
}

describe("everybody", () => {
  test.each(worlds)(
    "is out with every token from before, and comes back: %s",
    async (_, account) => {
      const started = await startRevoking({ account });
      const { stack, target } = started;
      const username = await newUser(started);
      const first = await signIn(started, username);
      const machine = await machineToken(target, "api/read");
      stack.clock.advance(90);
      const before = await refresh(started, first);
      let meanwhile = before;
      const code = await started.revokeAround(undefined, username, async () => {
        meanwhile = await refresh(started, before);
      });
      expect(code).toBe(0);
      const moved = decodeClaims(meanwhile.access_token)["auth_time"];
      expect(moved === decodeClaims(first.access_token)["auth_time"]).toBe(account.length === 0);
      await expect(refresh(started, meanwhile)).rejects.toThrow("no tokens: 400");
      stack.clock.advance(60);
      const answers = [];
      for (const token of [first, before, meanwhile].map(({ access_token }) => access_token))
        answers.push(await ask(started, token));
      answers.push(await ask(started, machine));
      expect(answers).toEqual([ended, ended, ended, ended]);

      const again = await signIn(started, username);
      stack.clock.advance(90);
      const renewed = await refresh(started, again);
      expect([
        await ask(started, again.access_token),
        await ask(started, renewed.access_token),
      ]).toEqual([admitted, admitted]);
    },
  );
});

describe("a browser whose sign-in was ended", () => {
  test.each(worlds)("gets nothing from the guard's own addresses: %s", async (_, account) => {
    const started = await startRevoking({ account });
    const { stack, target, api } = started;
    const username = await newUser(started);
    const browser = createVisitor(target);
    const hosted = new Map<string, string>();
    /** Comes back from the hosted page, which asks for no password where it knows the browser. */
    const comeBack = async (typed: string): Promise<Answer> => {
      const answer = await browser.open("/me");
      const arrived = await signInByForm(locationOf(answer), username, typed, hosted);
      return browser.open(arrived.slice(target.appUrl.length));
    };
    const asScript = async (path: string, sent: Sent = {}): Promise<string> => {
      const answer = await browser.call(path, sent);
      if (answer.status < 400) return String(answer.status);
      return `${answer.status} ${answer.json<{ code: string }>().code}`;
    };
    const renewal = { method: "POST", headers: { origin: target.appUrl } };
    const asked = async () => [await asScript("/.auth/me"), await asScript(refreshPath, renewal)];

    expect(locationOf(await comeBack(password))).toBe("/me#");
    stack.clock.advance(90);
    expect(await asked()).toEqual(["200", "204"]);
    const session = new Map(browser.cookies);
    const again = (): void => {
      browser.cookies.clear();
      for (const [name, value] of session) browser.cookies.set(name, value);
    };
    expect((await started.revoke(username)).code).toBe(0);
    stack.clock.advance(61);
    expect(await asScript("/.auth/me")).toBe(ended);
    again();
    expect(await asScript(refreshPath, renewal)).toBe(ended);

    // The hosted page still knows the browser. The guard does not take that, and has it sign out there first.
    browser.cookies.clear();
    const silent = await comeBack("");
    expect([silent.status, new URL(locationOf(silent)).pathname]).toEqual([302, "/logout"]);
    expect(await asScript("/.auth/me")).toBe("401 token_missing");

    const { Parameter } = (await api("AmazonSSM.GetParameter", { Name: listName })).json<{
      Parameter: { Value: string };
    }>();
    expect((await api("AmazonSSM.DeleteParameter", { Name: listName })).status).toBe(200);
    stack.clock.advance(61);
    again();
    expect(await asked()).toEqual(["503 settings_unavailable", "503 settings_unavailable"]);
    await putList(started, Parameter.Value);
  });
});
