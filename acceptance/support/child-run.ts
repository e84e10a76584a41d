import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
        GATEHOUSE_TARGET: targetFile,
        GATEHOUSE_ACCEPTANCE_DIR: join(directory, "run"),
        NO_COLOR: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (output += String(text)));
  await once(child, "close");
  rmSync(directory, { recursive: true, force: true });
  return { code: child.exitCode, output, ...readSummary(output) };
}

/** @throws {Error} when the run has not come to its summary: nothing was tested. */
export function readSummary(output: string): Pick<SuiteRun, "passed" | "failed" | "skipped"> {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ skipped$/m.exec(output) ?? [];
  if (passed === undefined) throw new Error(`the suite did not run:\n${output}`);
  const skipped = [...output.matchAll(/^skipped: (.*)$/gm)].map(([, line = ""]) => line);
  return { passed: Number(passed), failed: Number(failed), skipped };
}
