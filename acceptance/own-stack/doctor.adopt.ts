import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { doctor } from "@sst-gatehouse/deploy/doctor";
import type { Stack } from "@sst-gatehouse/local/stack";
import { accountFrom } from "@sst-gatehouse/local/test/account-from-graph";
import type { PlayedAccount } from "@sst-gatehouse/local/test/played-account";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { app } from "../sample/stages.ts";
import { createLeakFinder, secretsOfStack, watchForLeaks } from "../support/leaks.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { runHere } from "../support/run-here.ts";
import { handOnEndedSignIn, type PlayedStage, usernamesIn } from "./played-stage.ts";
import { playStageInAccount, type StageInAccount } from "./stage-in-account.ts";

const stage = "played";

/** Whose commands are for the sample's app. */
let copy: RepositoryCopy;
beforeAll(() => {
  copy = copyRepository();
});
afterAll(() => copy.remove());

/** Told what it has said so far on stderr, and may interrupt it. */
type OnSaid = (said: string, interrupt: () => void) => void;

/** For a process to which the played account is AWS. */
function environmentOf({ url, credentials }: PlayedAccount): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}

async function runDoctor(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  onSaid: OnSaid = () => undefined,
) {
  const child = spawn(
    process.execPath,
    [join(copy.root, "packages/sst-gatehouse-dev/src/main.ts"), "doctor", ...args],
    {
      cwd: copy.root,
      env: { PATH: process.env["PATH"], ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => {
    stderr += String(text);
    onSaid(stderr, () => child.kill("SIGINT"));
  });
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

interface Row {
  readonly id: string;
  readonly ok: boolean;
  readonly problem: string | null;
  readonly mend: string | null;
}

function rowsIn(stdout: string): readonly Row[] {
  return JSON.parse(stdout).checks;
}

describe("npx gatehouse doctor, against an account and a chain that look like a deployed stage", () => {
  let world: StageInAccount;
  let played: PlayedStage;
  let account: PlayedAccount;
  beforeAll(async () => {
    world = await playStageInAccount(copy, stage);
    ({ played, account } = world);
  }, 300_000);
  afterAll(() => world.close());
  beforeEach(() => {
    account.state = accountFrom(world.graph);
  });

  const environment = () => ({ ...played.environment, ...environmentOf(account) });
  const run = (args: readonly string[]) => runDoctor(args, environment());

  test("finds all well, and prints one document and what it looks at", async () => {
    const { code, stdout, stderr } = await run(["--stage", stage, "--json"]);
    const checks = rowsIn(stdout);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.length).toBeGreaterThan(50);
    expect(checks.slice(-6).map(({ id, mend }) => [id, mend])).toEqual([
      ["probe-front-door", null],
      ["probe-sign-in", null],
      ["probe-sign-in-page", null],
      ["probe-bare-lock", null],
      ["probe-empty-stream", null],
      ["probe-revoked-user", `npx gatehouse doctor --stage ${stage} --revoked-user`],
    ]);
    expect({ code, lines: stdout.trimEnd().split("\n").length }).toEqual({ code: 0, lines: 1 });
    const said = stderr.trimEnd().split("\n");
    expect(said).toEqual(
      [
        "the guard's role",
        "the guard",
        "the backend",
        "CloudFront",
        "the user pool",
        "Parameter Store",
        "the logs",
        "the app from outside",
      ].map((what) => `Looking at ${what} …`),
    );
  });

  test("tells a person what is wrong and what mends it, and shows no secret of a client", async () => {
    const [distribution] = account.state.distributions;
    Object.assign(distribution?.DistributionConfig["DefaultCacheBehavior"], {
      ViewerProtocolPolicy: "allow-all",
    });
    account.state.roles
      .get(`${app.name}-${stage}-${app.region}-guard`)
      ?.attached.push("arn:aws:iam::1:policy/\u001b[2J");
    const { code, stdout } = await run(["--stage", stage]);
    expect(code).toBe(1);
    expect(stdout).toContain(`  ok     guard-role-trust
  WRONG  guard-role-policies
         ${app.name}-${stage}-${app.region}-guard has more than its one policy, and so may do more than the guard needs: arn:aws:iam::1:policy/ [2J is attached to it
         mend: aws iam detach-role-policy --role-name ${app.name}-${stage}-${app.region}-guard --policy-arn 'arn:aws:iam::1:policy/ [2J'
`);
    expect(stdout).toContain(`  WRONG  behaviour-https
         the default behaviour has the viewer protocol policy allow-all, not redirect-to-https: tokens may travel in clear text
         mend: npx sst refresh --stage ${stage} && npx sst deploy --stage ${stage}
`);
    expect(stdout).toMatch(/\n\n2 of \d+ checks are not well\. Not tried: 1\.\n$/);
    expect(stdout).toContain(`  -      probe-revoked-user
         not tried: whether somebody who was signed out is refused: that makes a user, signs it in and out, and deletes it
         try: npx gatehouse doctor --stage ${stage} --revoked-user
`);
    const [pool] = account.state.userPools;
    const secrets = pool?.clients.flatMap(({ ClientSecret }) => ClientSecret ?? []) ?? [];
    expect(secrets).toHaveLength(2);
    expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
  });

  test("says of a stage that is not deployed that it is not", async () => {
    const { code, stdout, stderr } = await runHere(
      doctor,
      ["--stage", "nobodys", "--json"],
      copy,
      environment(),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Stage nobodys has not been deployed to this account");
  });

  test("finds an app that does not answer, and goes on with the rest", async () => {
    played.breakDown();
    const { code, stdout } = await run(["--stage", stage, "--json"]);
    expect(code).toBe(1);
    expect(
      rowsIn(stdout)
        .filter(({ ok }) => !ok)
        .map(({ id }) => id),
    ).toEqual(["probe-front-door", "probe-sign-in", "probe-sign-in-page"]);
  });
});

describe("npx gatehouse doctor --revoked-user, in an account that hangs on empty streams", () => {
  let world: StageInAccount;
  let stack: Stack;
  beforeAll(async () => {
    world = await playStageInAccount(copy, stage, {
      withUsers: true,
      account: ["hangs-on-empty"],
    });
    ({ stack } = world);
  }, 300_000);
  afterAll(() => world.close());

  const environment = () => ({ ...environmentOf(world.account), ...world.played.environment });
  const run = (args: readonly string[], onSaid?: OnSaid) => runDoctor(args, environment(), onSaid);
  const usernames = () => usernamesIn(stack.outputs);

  test("sees a user of its own signed out, leaves none, and tells of the account", async () => {
    const before = await usernames();
    let during: Promise<readonly string[]> | undefined;
    const leaksIn = createLeakFinder(await secretsOfStack(stack));
    const stopWatching = watchForLeaks(leaksIn);
    const ran = run(["--stage", stage, "--json", "--revoked-user"]);
    await Promise.race([ran, handOnEndedSignIn(stack, stage).then(() => (during = usernames()))]);
    const { code, stdout, stderr } = await ran;
    const rows = rowsIn(stdout);
    expect(rows.find(({ id }) => id === "probe-revoked-user")).toEqual({
      id: "probe-revoked-user",
      ok: true,
      problem: null,
      mend: null,
    });
    expect(rows.find(({ id }) => id === "probe-empty-stream")).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^this account hangs on empty streams: /),
      mend: `Set streaming: "never-empty" for the stage in stages.ts. Then: npx sst deploy --stage ${stage}`,
    });
    expect(code).toBe(1);
    expect((await during)?.length).toBe(before.length + 1);
    expect(await usernames()).toEqual(before);
    expect(leaksIn(stdout + stderr)).toEqual([]);
    const { processes, leaks } = stopWatching();
    expect(processes).toBeGreaterThan(2);
    expect(leaks).toEqual([]);
  }, 120_000);

  test("ends with 130 on Ctrl-C, and leaves no user", async () => {
    const before = await usernames();
    let interrupted = false;
    const { code, stdout } = await run(["--stage", stage, "--revoked-user"], (said, interrupt) => {
      if (interrupted || !said.includes("Looking at a user who is signed out")) return;
      interrupted = true;
      void vi
        .waitFor(async () => expect((await usernames()).length).toBe(before.length + 1), {
          timeout: 30_000,
          interval: 20,
        })
        .then(interrupt, interrupt);
    });
    expect({ code, stdout, users: await usernames() }).toEqual({
      code: 130,
      stdout: "",
      users: before,
    });
  }, 120_000);

  test.each([
    [["--stage", "production", "--revoked-user"], 2, "add --production-too"],
    [["--stage", "prod", "--revoked-user"], 2, "add --production-too"],
    [["--stage", stage, "--production-too"], 2, "--production-too goes with --revoked-user"],
  ])("%j is refused before any user is made", async (args, code, message) => {
    const before = await usernames();
    const refused = await runHere(doctor, args, copy, environment());
    expect([refused.code, refused.stdout, await usernames()]).toEqual([code, "", before]);
    expect(refused.stderr).toContain(message);
  });
});
