import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { Command } from "@sst-gatehouse/deploy/command";
import { outputs } from "@sst-gatehouse/deploy/outputs";
import { users } from "@sst-gatehouse/deploy/users";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { app } from "./sample/stages.ts";
import { callApi, send, viaApp } from "./support/client.ts";
import { form, formType } from "./support/oauth.ts";
import { createLeakFinder, watchForLeaks } from "./support/leaks.ts";
import { copyRepository, type RepositoryCopy } from "./support/repository-copy.ts";
import { findRecordings, readSecrets } from "./support/recordings.ts";
import { needs } from "./support/requirements.ts";
import { runHere } from "./support/run-here.ts";
import { isStack, loadTarget, type Target } from "./support/target.ts";

/** Whose commands are for the sample's app. */
let copy: RepositoryCopy;
const stage = "commands";
const parameterOf = (name: string): string => `/gatehouse/${app.name}/${name}/outputs`;
const parameter = parameterOf(stage);
const revoked = `/gatehouse/${app.name}/${stage}/revoked`;
/** As AWS shows it of the pool of a deployed stage. */
const tags = { "sst:app": app.name, "sst:stage": stage };
const temporaryPassword = "Handed-Over-7";
const newPassword = "Chosen-Myself-8";

const target = loadTarget();

/** What a deploy of a stage writes, here for the local stack's user pool. */
const written = {
  appUrl: "https://d111111abcdef8.cloudfront.net",
  // What the local stack's pool says of its domain.
  signInUrl: `https://gatehouse-local.auth.${app.region}.amazoncognito.com/login?client_id=x`,
  functionUrl: `https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.${app.region}.on.aws`,
  region: target.region,
  edgeRegion: "us-east-1",
  userPoolId: target.userPoolId,
  clients: { web: target.clients.web, machine: { id: target.clients.machine.id } },
  // Nobody is there: the commands ask AWS's own addresses, whatever a parameter says.
  endpoints: { ssm: "https://ssm.invalid", cognitoIdp: "https://cognito-idp.invalid" },
};

const people = ["commands-piped", "commands-mailed"];
let printed = "";
interface Run {
  readonly credentials?: Target["credentials"]["admin"];
  readonly stdin?: string;
}

const environmentOf = ({ credentials = target.credentials.admin }: Run) => ({
  AWS_ENDPOINT_URL_SSM: target.endpoints.ssm,
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: target.endpoints.cognitoIdp,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
});

const commands: Readonly<Record<string, Command>> = { outputs, users };

async function run([name = "", ...args]: readonly string[], how: Run = {}) {
  const command = commands[name];
  if (command === undefined) throw new TypeError(`there is no command ${name}`);
  const ran = await runHere(command, args, copy, environmentOf(how), how.stdin);
  printed += ran.stdout + ran.stderr;
  return ran;
}

/** What the command line does with the same, in a process that others can look up. */
async function runProcess(args: readonly string[], how: Run = {}) {
  const { stdin = "" } = how;
  const child = spawn(
    process.execPath,
    [join(copy.root, "packages/sst-gatehouse-dev/src/main.ts"), ...args],
    { cwd: copy.root, env: environmentOf(how) },
  );
  child.stdin.end(stdin);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  await once(child, "close");
  printed += stdout + stderr;
  return { code: child.exitCode, stdout, stderr };
}

function inPool(operation: string, username: string) {
  return callApi(target, `AWSCognitoIdentityProviderService.${operation}`, {
    UserPoolId: target.userPoolId,
    Username: username,
  });
}

async function poolArn(): Promise<string> {
  const input = { UserPoolId: target.userPoolId };
  const answer = await callApi(target, "AWSCognitoIdentityProviderService.DescribeUserPool", input);
  return answer.json<{ UserPool: { Arn: string } }>().UserPool.Arn;
}

function put(value: string, Name = parameter) {
  const input = { Name, Value: value, Type: "String", Overwrite: true };
  return callApi(target, "AmazonSSM.PutParameter", input);
}

// A deployed stage's administrator is the person who runs this; tests must not touch its users and parameters.
describe("the commands for deployed stages", () => {
  needs("machine");
  let leaksIn: ReturnType<typeof createLeakFinder>;
  let stopWatching: ReturnType<typeof watchForLeaks>;
  beforeAll(async () => {
    if (!isStack(target)) return;
    leaksIn = createLeakFinder(readSecrets(findRecordings()));
    stopWatching = watchForLeaks(leaksIn);
    copy = copyRepository();
    await put(JSON.stringify(written));
    const input = { ResourceArn: await poolArn(), Tags: tags };
    await callApi(target, "AWSCognitoIdentityProviderService.TagResource", input);
  });
  afterAll(async () => {
    if (!isStack(target)) return;
    copy.remove();
    await callApi(target, "AmazonSSM.DeleteParameter", { Name: parameter });
    for (const username of people) await inPool("AdminDeleteUser", username);
    const input = { ResourceArn: await poolArn(), TagKeys: Object.keys(tags) };
    await callApi(target, "AWSCognitoIdentityProviderService.UntagResource", input);
  });

  test("outputs prints what the deploy wrote, as one line of JSON", async () => {
    const { code, stdout, stderr } = await runProcess(["outputs", "--stage", stage, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`${JSON.stringify(written)}\n`);
  });

  test("outputs prints the same for a person", async () => {
    const { code, stdout } = await run(["outputs", "--stage", stage]);
    expect(code).toBe(0);
    expect(stdout).toBe(`Stage commands, in ${app.region}; the guard in us-east-1

App           ${written.appUrl}
Sign in       ${written.signInUrl}
Function URL  ${written.functionUrl}  (IAM only: try it without a signature)
User pool     ${written.userPoolId}

App clients
  web          ${written.clients.web.id}
  machine      ${written.clients.machine.id}
`);
  });

  test("users add creates a user who signs in with the temporary password and chooses another", async () => {
    const [username = ""] = people;
    const args = ["users", "add", username, "--stage", stage, "--no-invitation"];
    const { code, stdout, stderr } = await runProcess([...args, "--group", "admin"], {
      stdin: `${temporaryPassword}\n`,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      `${username} was created in stage commands. Nothing was mailed: hand over the temporary password yourself.\n${username} is in admin.\n`,
    );
    const arrived = new URL(await signInForTheFirstTime(username));
    const token = new URLSearchParams(arrived.hash.slice(1)).get("id_token") ?? "";
    const me = await viaApp(target, { path: "/me", token });
    expect(me.json()).toMatchObject({ kind: "user", username, groups: ["admin"] });
  });

  test("users add changes nothing about somebody who exists", async () => {
    const [first] = target.users;
    const before = (await inPool("AdminGetUser", first?.username ?? "")).text();
    const args = ["users", "add", first?.username ?? "", "--stage", stage, "--group", "admin"];
    const { code, stdout, stderr } = await run([...args, "--email", "other@example.com"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`has a user ${first?.username} already`);
    expect((await inPool("AdminGetUser", first?.username ?? "")).text()).toBe(before);
    const groups = await inPool("AdminListGroupsForUser", first?.username ?? "");
    expect(groups.json()["Groups"]).toEqual([]);
  });

  test("users add has the invitation mailed to an address that counts as verified", async () => {
    const username = people[1] ?? "";
    const args = ["users", "add", username, "--stage", stage, "--email", "mailed@example.com"];
    const { code, stdout } = await runProcess(args);
    expect(code).toBe(0);
    expect(stdout).toContain("with a temporary password to mailed@example.com.");
    const user = (await inPool("AdminGetUser", username)).json();
    expect(user["UserStatus"]).toBe("FORCE_CHANGE_PASSWORD");
    expect(user["UserAttributes"]).toEqual(
      expect.arrayContaining([
        { Name: "email", Value: "mailed@example.com" },
        { Name: "email_verified", Value: "true" },
      ]),
    );
  });

  test.each([
    ["a group that the pool lacks", ["--group", "admins"], temporaryPassword, "It has admin."],
    ["a password that is too plain", [], "too-plain-password", "InvalidPasswordException"],
  ])("users add makes nobody for %s", async (_what, more, stdin, message) => {
    const args = ["users", "add", "commands-nobody", "--stage", stage, "--no-invitation", ...more];
    const { code, stdout, stderr } = await run(args, { stdin });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("Nothing was changed.");
    expect(stderr).not.toContain(stdin);
    expect((await inPool("AdminGetUser", "commands-nobody")).json()["__type"]).toBe(
      "UserNotFoundException",
    );
  });

  test("users add makes nobody in a pool of another stage, whatever the outputs say", async () => {
    await put(JSON.stringify(written), parameterOf("other"));
    const words = "users add commands-nobody --stage other --email nobody@example.com";
    const { code, stdout, stderr } = await run(words.split(" "));
    await callApi(target, "AmazonSSM.DeleteParameter", { Name: parameterOf("other") });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `The outputs of stage other do not belong to it: the user pool ${target.userPoolId} is not tagged as belonging to stage other; if others have made it, name it in gate.ts (users). Nothing was changed. Find out who wrote them, and deploy again: \`npx sst deploy --stage other\`\n`,
    );
    expect((await inPool("AdminGetUser", "commands-nobody")).json()["__type"]).toBe(
      "UserNotFoundException",
    );
  });

  test("users revoke writes the list of the stage, and no list where there is none", async () => {
    const [username = ""] = people;
    const args = ["users", "revoke", username, "--stage", stage];
    const none = await run(args);
    expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 1, stdout: "" });
    expect(none.stderr).toContain(`the parameter ${revoked} is missing`);

    await put('{"everybody":0,"users":{}}', revoked);
    const { code, stdout, stderr } = await runProcess(args);
    const list = await callApi(target, "AmazonSSM.GetParameter", { Name: revoked });
    await callApi(target, "AmazonSSM.DeleteParameter", { Name: revoked });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`${username} is signed out of stage commands.`);
    const user = (await inPool("AdminGetUser", username)).json<{
      UserAttributes: { Name: string; Value: string }[];
    }>();
    const sub = user.UserAttributes.find(({ Name }) => Name === "sub")?.Value ?? "";
    const { Value } = list.json<{ Parameter: { Value: string } }>().Parameter;
    expect(JSON.parse(Value)).toEqual({ everybody: 0, users: { [sub]: expect.any(Number) } });
  });

  test.each([["outputs"], ["users add somebody --email a@b.example"]])(
    "%s tells a stage that is not deployed, and how to deploy it",
    async (words) => {
      const { code, stdout, stderr } = await run([...words.split(" "), "--stage", "elsewhere"]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toBe(
        `Stage elsewhere has not been deployed to this account in ${app.region}: there is no parameter ${parameterOf("elsewhere")}. Run \`npx sst deploy --stage elsewhere\`, or use the credentials of the stage's account.\n`,
      );
    },
  );

  const { stranger, admin } = target.credentials ?? {};
  test.each([
    ["may not read them", stranger, `-stranger/nobody may not ssm:GetParameter on arn:aws:ssm:`],
    [
      "have a wrong secret",
      { ...admin, secretAccessKey: "x".repeat(40) },
      "AWS does not know these credentials (InvalidSignatureException).",
    ],
    [
      "nobody knows",
      { ...admin, accessKeyId: "ASIAAAAAAAAAAAAAAAAA" },
      "AWS does not know these credentials (UnrecognizedClientException).",
    ],
  ])("outputs says so when the credentials %s", async (_what, credentials, message) => {
    const { code, stdout, stderr } = await run(["outputs", "--stage", stage], { credentials });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`The outputs of stage ${stage} cannot be read: `);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("outputs takes nothing that a deploy would not have written", async () => {
    await put(JSON.stringify({ ...written, appUrl: "https://user@evil.example/" }));
    const { code, stdout, stderr } = await run(["outputs", "--stage", stage]);
    await put(JSON.stringify(written));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(
      `${parameter} is not what a deploy writes: the outputs have no appUrl`,
    );
  });

  test("none of them has shown a secret, on the terminal or in a list of processes", () => {
    expect(printed.length).toBeGreaterThan(1000);
    expect(leaksIn(printed)).toEqual([]);
    expect(printed).not.toContain(temporaryPassword);
    const { processes, leaks } = stopWatching();
    // The four that ran as processes, at least.
    expect(processes).toBeGreaterThanOrEqual(4);
    expect(leaks).toEqual([]);
  });
});

/** Signs in on the hosted page, which asks for a new password. @returns where the browser is sent in the end. */
async function signInForTheFirstTime(username: string): Promise<string> {
  const url = new URL(target.signInUrl);
  const path = `${url.pathname}${url.search}`;
  let page = await send(url.origin, { path });
  const [cookie = ""] = (page.header("set-cookie") ?? "").split(";");
  const submit = async (fields: Readonly<Record<string, string>>) => {
    const hidden = [...page.text().matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name, value]) => [name, value],
    );
    page = await send(url.origin, {
      method: "POST",
      path,
      headers: { ...formType, cookie, origin: url.origin },
      body: form({ ...Object.fromEntries(hidden), ...fields }),
    });
  };
  await submit({ username, password: temporaryPassword });
  expect(page.text()).toContain("Your password was temporary.");
  await submit({ new_password: newPassword, confirm_password: newPassword });
  return page.header("location") ?? "";
}
