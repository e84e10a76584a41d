import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import type { CommandContext } from "../../command.ts";
import type { SuiteTarget } from "./suite-target.ts";
import { secretValues, withoutSecrets } from "./without-secrets.ts";

/** How long the suite may take to end after Ctrl-C. */
const graceMs = 5000;

/** Only Gatehouse's own repository has the sample that the suite is written for; a folder of that name may be anybody's. */
export function hasSuite(root: string): boolean {
  return existsSync(join(root, "acceptance/sample/gate.ts"));
}

/**
 * Runs the acceptance suite against a stage. Secrets are passed in a file that only this user can read, and
 * removed from what the suite prints.
 *
 * @returns its exit code.
 */
export async function runSuite(
  target: SuiteTarget,
  { root, env, stdout, stderr }: Pick<CommandContext, "root" | "env" | "stdout" | "stderr">,
  signal: AbortSignal,
): Promise<number> {
  if (signal.aborted) return 1;
  // mkdtemp makes it for this user alone.
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-acceptance-"));
  try {
    const file = join(directory, "stage.json");
    await writeFile(file, JSON.stringify(target), { mode: 0o600 });
    const child = spawn(
      process.execPath,
      [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "acceptance"],
      {
        cwd: root,
        env: {
          ...withoutAccount(env),
          GATEHOUSE_TARGET: file,
          GATEHOUSE_ACCEPTANCE_DIR: join(directory, "run"),
        },
        stdio: ["ignore", "pipe", "pipe"],
        // Ctrl-C is for the command alone, which then ends the suite.
        detached: true,
      },
    );
    const stop = (): void => {
      child.kill("SIGINT");
      setTimeout(() => killGroup(child.pid), graceMs).unref();
    };
    signal.addEventListener("abort", stop);
    const secrets = secretValues(target);
    await Promise.all([
      once(child, "exit"),
      pipeline(child.stdout, withoutSecrets(secrets), stdout, { end: false }),
      pipeline(child.stderr, withoutSecrets(secrets), stderr, { end: false }),
    ]);
    signal.removeEventListener("abort", stop);
    return child.exitCode ?? 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * The suite is a client like any other: it gets none of the AWS credentials that made its users, and finds none in the
 * home directory or on the machine's network.
 */
export function withoutAccount(env: CommandContext["env"]): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("AWS_"))),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended
  }
}
