import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { recordingInto } from "./recordings.ts";

const repository = join(import.meta.dirname, "../..");

export interface SuiteRun {
  readonly code: number | null;
  readonly output: string;
  readonly passed: number;
  readonly failed: number;
  /** Each skipped test with its reason, as the summary lists them. */
  readonly skipped: readonly string[];
}

/**
 * Runs the acceptance suite, or some of its files, against a chain that is given.
 *
 * @param files names without `.test.ts`; all when none are named.
 */
export async function runSuite(target: object, files: readonly string[] = []): Promise<SuiteRun> {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-acceptance-"));
  const targetFile = join(directory, "given.json");
  writeFileSync(targetFile, JSON.stringify(target), { mode: 0o600 });
  try {
    return await runRecorded(join(directory, "run"), files, { GATEHOUSE_TARGET: targetFile });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Runs the acceptance suite, or some of its files, in a process of its own.
 *
 * @param directory keeps what the run recorded.
 * @param environment besides what this process has.
 */
export async function runRecorded(
  directory: string,
  files: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<SuiteRun> {
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  const summary = join(import.meta.dirname, "summary-reporter.ts");
  const reporters = ["--reporter", "dot", "--reporter", summary];
  const names = files.map((name) => `acceptance/${name}.test.ts`);
  const child = spawn(
    process.execPath,
    [vitest, "run", "--project", "acceptance", ...reporters, ...names],
    {
      cwd: repository,
      env: {
        ...process.env,
        ...recordingInto(directory).environment,
        NO_COLOR: "1",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (output += String(text)));
  await once(child, "close");
  return { code: child.exitCode, output, ...readSummary(output) };
}

/** @throws {Error} when the run has not come to its summary: nothing was tested. */
export function readSummary(output: string): Pick<SuiteRun, "passed" | "failed" | "skipped"> {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ skipped$/m.exec(output) ?? [];
  if (passed === undefined) throw new Error(`the suite did not run:\n${output}`);
  const skipped = [...output.matchAll(/^skipped: (.*)$/gm)].map(([, line = ""]) => line);
  return { passed: Number(passed), failed: Number(failed), skipped };
}
