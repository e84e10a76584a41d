import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** As a terminal of somebody who has Node 22 has it: nothing of this project, and nothing of the run that tests it. */
const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(npm_(?!config_(registry|cache|cafile|.*proxy))|vitest|vite_|node_(env|options|path))/i.test(
          name,
        ),
    ),
  ),
  PATH: [
    dirname(process.execPath),
    ...(process.env["PATH"] ?? "")
      .split(delimiter)
      .filter((folder) => !folder.includes("node_modules")),
  ].join(delimiter),
};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export async function run(
  folder: string,
  program: string,
  ...args: readonly string[]
): Promise<Ended> {
  const child = spawn(program, args, { cwd: folder, env: environment });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

/**
 * Runs a program that has to succeed.
 *
 * @returns what it printed on stdout.
 * @throws {Error} (rejects) with all that it printed.
 */
export async function mustRun(
  folder: string,
  program: string,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await run(folder, program, ...args);
  if (code !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** As much of what `gatehouse start --json` prints as is used here. */
export interface Started {
  readonly appUrl: string;
  /** The first is in no group. */
  readonly users: readonly {
    readonly username: string;
    readonly password: string;
    readonly groups: readonly string[];
  }[];
  /** Of the first. */
  readonly tokens: { readonly access: string };
}

export interface RunningApp {
  readonly started: Started;
  /** Resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
}

/**
 * `npx gatehouse start --json` in an app, until it has printed where everything is.
 *
 * @param more such as `--from-deploy`.
 */
export async function startApp(folder: string, ...more: readonly string[]): Promise<RunningApp> {
  const program = join(folder, "node_modules/.bin/gatehouse");
  const child = spawn(program, ["start", "--json", "--port", "0", ...more], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const exited = once(child, "exit");
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    exited.then(() => {
      throw new Error(`gatehouse start ended before it was ready:\n${printed}`);
    }),
  ]);
  exited.catch(() => undefined);
  return {
    started: JSON.parse(String(line)),
    async stop() {
      child.kill("SIGINT");
      await exited;
      return child.exitCode;
    },
  };
}
