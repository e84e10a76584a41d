import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { accountFrom } from "@sst-gatehouse/local/test/account-from-graph";
import { type PlayedAccount, startAccount } from "@sst-gatehouse/local/test/played-account";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { app } from "../sample/stages.ts";
import { sample } from "../sample/sample.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { asPlayed } from "./as-played.ts";
import { builtOnce } from "./built.ts";
import { playStage, type PlayedStage } from "./played-stage.ts";

const stage = "played";

describe("pnpm run doctor, against an account and a chain that look like a deployed stage", () => {
  let stack: Stack;
  let played: PlayedStage;
  let account: PlayedAccount;
  let graph: Graph;
  /** Whose commands are for the sample's app. */
  let copy: RepositoryCopy;
  beforeAll(async () => {
    copy = copyRepository({ everything: true });
    stack = await startStack({
      adopted: sample,
      codeSource: builtOnce,
      port: 0,
      explain: () => undefined,
      unbaked: ["clients"],
    });
    played = await playStage(stack, stage);
    const evaluation = await evaluateConfig({ root: copy.root, stage });
    graph = asPlayed(evaluation.graph, stack);
    await evaluation.dispose();
    account = await startAccount(accountFrom(graph));
  }, 300_000);
  afterAll(async () => {
    await account.close();
    await played.close();
    await stack.close();
    copy.remove();
  });
  beforeEach(() => {
    account.state = accountFrom(graph);
  });

  async function run(args: readonly string[]) {
    const child = spawn(
      process.execPath,
      [join(copy.root, "packages/deploy/src/main.ts"), "doctor", ...args],
      {
        env: {
          PATH: process.env["PATH"],
          ...played.environment,
          AWS_ENDPOINT_URL: account.url,
          AWS_ENDPOINT_URL_SSM: account.url,
          AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: account.url,
          AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
          AWS_SESSION_TOKEN: account.credentials.sessionToken,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => (stdout += String(text)));
    child.stderr.on("data", (text) => (stderr += String(text)));
    await once(child, "close");
    return { code: child.exitCode, stdout, stderr };
  }

  test("finds all well, and prints one document and what it looks at", async () => {
    const { code, stdout, stderr } = await run(["--stage", stage, "--json"]);
    const { checks }: { checks: { id: string; ok: boolean }[] } = JSON.parse(stdout);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.length).toBeGreaterThan(50);
    expect(checks.slice(-4).map(({ id }) => id)).toEqual([
      "probe-front-door",
      "probe-sign-in",
      "probe-sign-in-page",
      "probe-bare-lock",
    ]);
    expect({ code, lines: stdout.trimEnd().split("\n").length }).toEqual({ code: 0, lines: 1 });
    const said = stderr.trimEnd().split("\n");
    expect(said.pop()).toMatch(/^Not tried: a request of somebody who was signed out\. /);
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
         mend: pnpm sst refresh --stage ${stage} && pnpm sst deploy --stage ${stage}
`);
    expect(stdout).toMatch(/\n\n2 of \d+ checks are not well\.\n$/);
    const [pool] = account.state.userPools;
    const secrets = pool?.clients.flatMap(({ ClientSecret }) => ClientSecret ?? []) ?? [];
    expect(secrets).toHaveLength(1);
    expect(stdout).not.toContain(secrets[0]);
  });

  test("says of a stage that is not deployed that it is not", async () => {
    const { code, stdout, stderr } = await run(["--stage", "nobodys", "--json"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Stage nobodys has not been deployed to this account");
  });

  test("finds an app that does not answer, and goes on with the rest", async () => {
    played.breakDown();
    const { code, stdout } = await run(["--stage", stage, "--json"]);
    const { checks }: { checks: { id: string; ok: boolean }[] } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual([
      "probe-front-door",
      "probe-sign-in",
      "probe-sign-in-page",
    ]);
  });
});
