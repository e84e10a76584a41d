import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { acceptance } from "@sst-gatehouse/deploy/acceptance";
import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { callApi } from "../support/client.ts";
import { createLeakFinder, secretsOfStack, watchForLeaks } from "../support/leaks.ts";
import { sample } from "../sample/sample.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { builtOnce } from "./built.ts";
import { runHere } from "../support/run-here.ts";
import { readSummary } from "../support/summary-reporter.ts";
import { playStage, type PlayedStage, usernamesIn } from "./played-stage.ts";

describe("npx gatehouse acceptance, against a stack that looks like a deployed stage", () => {
  let stack: Stack;
  let played: PlayedStage;
  /** Whose commands are for the sample's app. */
  let copy: RepositoryCopy;
  /** As an app elsewhere has it: the commands, and no suite. */
  let elsewhere: RepositoryCopy;
  beforeAll(async () => {
    copy = copyRepository({ everything: true });
    elsewhere = copyRepository();
    stack = await startStack({
      project: sample,
      codeSource: builtOnce,
      port: 0,
      explain: () => undefined,
      unbaked: ["clients"],
    });
    played = await playStage(stack, "played");
  });
  afterAll(async () => {
    await played.close();
    await stack.close();
    copy.remove();
    elsewhere.remove();
  });

  /** @param onPrinted gets what was printed so far, and can end the run. */
  async function run(
    args: readonly string[],
    onPrinted: (printed: string, interrupt: () => void) => void = () => undefined,
    root = copy.root,
  ): Promise<{ code: number | null; printed: string }> {
    const child = spawn(
      process.execPath,
      [join(root, "packages/sst-gatehouse-dev/src/main.ts"), "acceptance", ...args],
      {
        cwd: root,
        env: { PATH: process.env["PATH"], NO_COLOR: "1", ...played.environment },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        printed += String(text);
        onPrinted(printed, () => child.kill("SIGINT"));
      });
    }
    await once(child, "close");
    return { code: child.exitCode, printed };
  }

  /** In this process: it reaches for nothing but the user pool and Parameter Store. */
  async function refusal(args: readonly string[]) {
    const { code, stdout, stderr } = await runHere(acceptance, args, copy, played.environment);
    return { code, printed: stdout + stderr };
  }

  const usernames = () => usernamesIn(stack.outputs);

  async function administer(operation: string, input: object): Promise<void> {
    const answer = await callApi(stack.outputs, `AWSCognitoIdentityProviderService.${operation}`, {
      UserPoolId: stack.outputs.userPoolId,
      ...input,
    });
    expect(answer.status).toBe(200);
  }

  test("runs all but what needs more than a client has, leaves no user, and shows no secret on the terminal or in a list of processes", async () => {
    const now = Math.floor(Date.now() / 1000);
    const abandoned = `gatehouse-acceptance-${now - 3700}-0123456789-plain`;
    const running = `gatehouse-acceptance-${now - 3500}-0123456789-plain`;
    const other = "gatehouse-acceptance-tester";
    for (const Username of [abandoned, running, other])
      await administer("AdminCreateUser", { Username, MessageAction: "SUPPRESS" });

    const machine = { what: "the secret of the stage's machine", value: played.machineSecret };
    const leaksIn = createLeakFinder([...(await secretsOfStack(stack)), machine]);
    const stopWatching = watchForLeaks(leaksIn);
    const { code, printed } = await run(["--stage", played.stage]);
    const { processes, leaks } = stopWatching();
    const { passed, failed, skipped } = readSummary(printed);
    expect({ code, failed, printed }).toEqual({ code: 0, failed: 0, printed: expect.any(String) });
    expect(passed).toBeGreaterThan(120);
    expect(printed).toContain("Deleted users left by earlier runs: 1.");
    expect(await usernames()).toEqual(["ada", "alice", running, other].toSorted());
    // Soon it counts as abandoned, too.
    await administer("AdminDeleteUser", { Username: running });

    const reasons = skipped.map((line) => / \(([^()]+)\)$/.exec(line)?.[1] ?? line);
    expect([...new Set(reasons)].toSorted()).toEqual([
      "a chain that was started elsewhere has other access rules",
      "a deployed stage gives no credentials of its roles",
      "a deployed stage may be judged by aws4, or not",
      "a deployed stage may have other settings than the local one",
      "a deployed user pool signs nothing on request",
      "this involves no chain: it runs where the suite starts its own",
      "this is about a stack on this machine",
    ]);
    // The names of the groups that are skipped as a whole, or have a part that is.
    expect([...new Set(skipped.map((line) => line.split(" > ", 1)[0] ?? ""))].toSorted()).toEqual([
      "a bad token is refused with its code",
      "a browser that drops every cookie",
      "a good token is admitted",
      "a hostile callback",
      "a listed origin",
      "a page without a session",
      "a sender's own Authorization, where the rules leave it to the backend",
      "a session",
      "below /.auth/",
      "caller, rule and method, through the real guard and the real backend",
      "curl, straight at the Function URL",
      "each port answers to its own names",
      "from any program",
      "in a real browser",
      "refresh",
      "return_to",
      "sign-out",
      "straight at the Function URL, signed",
      "the AWS APIs",
      "the commands for deployed stages",
      "the stack is for this machine only",
      "the terminal never shows a secret that was sent as",
      "the wire corpus without sockets, bodies",
      "the wire corpus without sockets, headers",
      "the wire corpus without sockets, methods",
      "the wire corpus without sockets, paths",
      "the wire corpus without sockets, queries",
      "the wire corpus, queries",
      "without sockets",
    ]);
    expect(leaksIn(printed)).toEqual([]);
    // The command, vitest, its workers, and guard and backend of the stack.
    expect(processes).toBeGreaterThan(4);
    expect(leaks).toEqual([]);
  }, 300_000);

  test("ends with 130 on Ctrl-C, and leaves no user", async () => {
    const before = await usernames();
    let during: Promise<readonly string[]> | undefined;
    const { code } = await run(["--stage", played.stage], (printed, interrupt) => {
      if (during !== undefined || !printed.includes("RUN")) return;
      during = usernames();
      void during.then(interrupt, interrupt);
    });
    expect((await during)?.length).toBe(before.length + 2);
    expect([code, await usernames()]).toEqual([130, before]);
  });

  test.each([
    [["--stage", "production"], 2, "add --production-too"],
    [["--stage", "prod"], 2, "add --production-too"],
    [["--stage", "production", "--production-too"], 1, "Stage production has not been deployed"],
    [["--stage", "nobodys"], 1, "Stage nobodys has not been deployed"],
    [[], 2, "--stage is needed"],
    [["--stage", "played", "more"], 2, "more"],
  ])("%j is refused before any user is made", async (args, code, message) => {
    const before = await usernames();
    const refused = await refusal(args);
    expect([refused.code, await usernames()]).toEqual([code, before]);
    expect(refused.printed).toContain(message);
  });

  test.each<
    [what: string, change: (outputs: Stack["outputs"]) => Record<string, unknown>, message: string]
  >([
    [
      "another sign-in page",
      () => ({
        signInUrl: `https://gatehouse-local.auth.${sample.gate.app.region}.evil.example/login`,
      }),
      "has another sign-in page than the outputs name",
    ],
    [
      "a client that is not the stage's for machines",
      ({ clients }) => ({ clients: { ...clients, machine: { id: clients.machine.id } } }),
      `the machine client is not ${sample.gate.app.name}-played-machine of the user pool`,
    ],
  ])("outputs with %s are refused before any user is made", async (_what, change, message) => {
    const before = await usernames();
    await played.rewrite(change(stack.outputs));
    const refused = await refusal(["--stage", played.stage]);
    await played.rewrite();
    expect([refused.code, await usernames()]).toEqual([1, before]);
    expect(refused.printed).toContain(message);
    expect(refused.printed).not.toContain("RUN");
  });

  describe("of an app that is not ours", () => {
    const lock = ["probe-bare-lock", "lock-signature", "lock-token", "lock-caller"];
    const accept = (...args: string[]) =>
      run(["--stage", played.stage, ...args], undefined, elsewhere.root);
    const checksIn = (printed: string): readonly { id: string; ok: boolean; problem: string }[] =>
      JSON.parse(printed).checks;
    const wrongIn = (printed: string): readonly string[] =>
      checksIn(printed)
        .filter(({ ok }) => !ok)
        .map(({ id }) => id);

    test("lock, sign-in and refusals are tried from outside, and no user is made", async () => {
      const before = await usernames();
      // A folder of that name may be anybody's.
      mkdirSync(join(elsewhere.root, "acceptance"));
      const leaksIn = createLeakFinder(await secretsOfStack(stack));
      const { code, printed } = await accept("--json");
      expect(checksIn(printed).filter(({ ok }) => !ok)).toEqual([]);
      expect([code, await usernames()]).toEqual([0, before]);
      expect(leaksIn(printed)).toEqual([]);
    });

    test("a lock that is open is told, and nothing else", async () => {
      const close = played.open("functionUrl");
      const { code, printed } = await accept("--json");
      close();
      expect([code, wrongIn(printed)]).toEqual([1, lock]);
    });

    test("an app that lets everybody in fails every check but the lock's, for a person to read", async () => {
      const close = played.open("app");
      const json = await accept("--json");
      const { code, printed } = await accept();
      close();
      const others = checksIn(json.printed).map(({ id }) => id);
      expect(wrongIn(json.printed)).toEqual(others.filter((id) => !lock.includes(id)));
      expect(code).toBe(1);
      expect(printed).toContain(`  WRONG  token-issuer
         GET /.auth/me (token-issuer) gets 200 text/html with no challenge, not 401 token_issuer with Bearer error="invalid_token"
`);
      expect(printed).toContain(
        `${others.length - lock.length} of ${others.length} checks are not well.`,
      );
    });
  });

  test("a stage that does not answer fails, and leaves no user", async () => {
    const before = await usernames();
    played.breakDown();
    copy.keepTests("tokens", "access");
    const { code, printed } = await run(["--stage", played.stage]);
    expect([code, await usernames()]).toEqual([1, before]);
    expect(readSummary(printed).failed).toBeGreaterThan(50);
  }, 300_000);
});
