import { once } from "node:events";
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { viaApp } from "../support/client.ts";
import { commandFile, runCommand, startCommand, type RunningStack } from "../support/command.ts";
import { createLeakFinder, secretsOfCommand, watchForLeaks } from "../support/leaks.ts";
import type { Target } from "../support/target.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { bundlesOfRun } from "./setup.ts";

const running: RunningStack[] = [];
/** With the suite's own sample of what an adopter writes. */
let copy: RepositoryCopy;
let root: string;
beforeAll(() => {
  copy = copyRepository({ guard: bundlesOfRun().edge.directory });
  ({ root } = copy);
});
afterAll(() => copy.remove());
afterEach(async () => {
  await Promise.all(running.splice(0).map((stack) => stack.stop()));
});

describe("the start command", () => {
  test("explains itself", async () => {
    const { code, stdout } = await runCommand(root, ["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("--port <number>");
    expect(stdout).toContain("--from-deploy");
  });

  // `run-command.test.ts` has more of these, without a process.
  test("refuses a port that is none in one line that says what to do", async () => {
    const { code, stdout, stderr } = await runCommand(root, ["--port", "70000"]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("--help");
  });

  test("names a port that is taken, in one line, and exits with 1", async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
    const address = squatter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stdout, stderr } = await runCommand(root, ["--json", "--port", String(port)]);
    squatter.close();
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain(String(port));
  });

  test("prints a banner whose curl line works when pasted", async () => {
    const { code, stdout } = await runAndPaste();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      message: "Hello, world!",
      caller: { kind: "user", username: "alice" },
    });
  });

  describe("with --json", () => {
    let stack: RunningStack;
    beforeAll(async () => {
      stack = await startCommand(root);
    });
    afterAll(() => stack.stop());

    test("shows no secret in a list of processes: not the sign-in's, not the sessions', not its own", async ({
      skip,
    }) => {
      skip(process.platform !== "linux", "processes are looked up in /proc");
      const secrets = await secretsOfCommand(stack.target, stack.child.pid ?? 0);
      expect(secrets.filter(({ what }) => / guard's client| sealed /.test(what))).toHaveLength(2);
      const leaksIn = createLeakFinder(secrets);
      const { processes, leaks } = watchForLeaks(leaksIn)();
      // The command, its bundler, the guard and the backend; the bundler may have just ended, and begun again.
      expect(processes).toBeGreaterThanOrEqual(4);
      expect(leaks).toEqual([]);
      expect(leaksIn(stack.terminal())).toEqual([]);
    });

    test("prints exactly one line, and stops on Ctrl-C with everything it started", async ({
      skip,
    }) => {
      skip(process.platform !== "linux", "processes are looked up in /proc");
      const children = childrenOf(stack.child.pid ?? 0);
      expect(children.length).toBeGreaterThanOrEqual(2);
      expect((await viaApp(stack.target, { token: stack.target.tokens.id })).status).toBe(200);
      expect(await stack.stop()).toBe(0);
      await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), { timeout: 5000 });
      await expect(viaApp(stack.target)).rejects.toThrow("ECONNREFUSED");
    });
  });

  test("leaves nothing behind when it is killed", async ({ skip }) => {
    skip(process.platform !== "linux", "processes are looked up in /proc");
    const stack = await start();
    const children = childrenOf(stack.child.pid ?? 0);
    stack.child.kill("SIGKILL");
    await once(stack.child, "exit");
    await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), { timeout: 5000 });
  });

  test("ends when the process that started it is gone", async ({ skip }) => {
    skip(process.platform !== "linux", "processes are looked up in /proc");
    const main = join(root, commandFile);
    const script = `const c = require("node:child_process").spawn(process.execPath, [${JSON.stringify(main)}, "start", "--json", "--port", "0"], { cwd: ${JSON.stringify(root)}, stdio: ["ignore", "pipe", "ignore"] }); c.stdout.once("data", () => { console.log(c.pid); }); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });
  });
});

describe("the command of the README", () => {
  test("prints one line, and takes the stack along when npx is killed", async () => {
    const npx = spawn(
      "npx",
      ["--yes", "pnpm@10.34.9", "--silent", "start", "--json", "--port", "0"],
      {
        cwd: root,
        env: { ...process.env, PATH: userPath() },
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    const lines: string[] = [];
    for await (const line of createInterface({ input: npx.stdout })) {
      lines.push(line);
      if (line.startsWith("{")) break;
    }
    const target: Target = JSON.parse(lines.at(-1) ?? "");
    expect(lines).toHaveLength(1);
    expect((await viaApp(target, { token: target.tokens.id })).status).toBe(200);
    npx.kill("SIGKILL");
    await vi.waitFor(() => expect(viaApp(target)).rejects.toThrow("ECONNREFUSED"), {
      timeout: 10_000,
      interval: 200,
    });
  });
});

describe("editing a handler", () => {
  test("reloads it, and a build error is shown while the last good build keeps serving", async () => {
    const stack = await start();
    const { file, source } = edited("packages/functions/src/app.ts");
    expect(source).toContain("Hello, world!");
    const message = async (): Promise<unknown> =>
      (await viaApp(stack.target, { token: stack.target.tokens.id })).json()["message"];
    expect(await message()).toBe("Hello, world!");

    writeFileSync(file, source.replace("Hello, world!", "Hello again!"));
    await stack.shows("rebuilt and reloaded");
    expect(await message()).toBe("Hello again!");

    appendFileSync(file, "\nthis is not TypeScript\n");
    await stack.shows("app.ts");
    expect(stack.terminal()).toContain("the build failed");
    expect(await message()).toBe("Hello again!");
  });

  test("a mistake in the access rules is a build error, too", async () => {
    const stack = await start();
    const { file, source } = edited("access.ts");
    writeFileSync(file, source.replace('"/*": "signed-in"', '"/*": "anyone"'));
    await stack.shows("everything would be public");
    expect(stack.terminal()).toContain("the build failed");
    expect((await viaApp(stack.target)).status).toBe(401);
  });
});

/** A file of the copy, which is again as it was when the test is over. */
function edited(name: string): { readonly file: string; readonly source: string } {
  const file = join(root, name);
  const source = readFileSync(file, "utf8");
  onTestFinished(() => writeFileSync(file, source));
  return { file, source };
}

async function start(): Promise<RunningStack> {
  const stack = await startCommand(root);
  running.push(stack);
  return stack;
}

/** Starts with the banner, takes the curl line out of it and hands it to a shell. */
async function runAndPaste(): Promise<{ code: number | null; stdout: string }> {
  const main = join(root, commandFile);
  const child = spawn(process.execPath, [main, "start", "--port", "0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let banner = "";
  for await (const text of child.stdout) {
    banner += String(text);
    if (banner.includes("Ctrl-C")) break;
  }
  const line = banner.split("\n").find((text) => text.trim().startsWith("curl ")) ?? "";
  const shell = spawn("sh", ["-c", `${line.trim()} --silent`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  for await (const text of shell.stdout) stdout += String(text);
  if (shell.exitCode === null) await once(shell, "exit");
  child.kill("SIGINT");
  await once(child, "exit");
  return { code: shell.exitCode, stdout };
}

/** The PATH of a terminal: a package manager that runs these tests has put its own folders before it. */
function userPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => !folder.includes("node_modules")).join(delimiter);
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
