import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { recordingInto } from "./recordings.ts";

const repository = join(import.meta.dirname, "../..");

export interface SuiteRun {
  readonly code: number | null;
  readonly output: string;
  /** Full names of tests. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Each skipped test with its reason, as the summary lists them. */
  readonly skipped: readonly string[];
}

/**
 * Runs the acceptance suite, or a part of it, against a chain that is given.
 *
 * @param files names without `.test.ts`; all when none are named.
 * @param titles of the tests that run; all when none are named.
 */
export async function runSuite(
  target: object,
  files: readonly string[] = [],
  titles: readonly string[] = [],
): Promise<SuiteRun> {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-acceptance-"));
  const targetFile = join(directory, "given.json");
  writeFileSync(targetFile, JSON.stringify(target), { mode: 0o600 });
  try {
    return await runRecorded(join(directory, "run"), files, {
      titles,
      // One worker: the tests around have the other cores.
      environment: { GATEHOUSE_TARGET: targetFile, VITEST_MAX_WORKERS: "1" },
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Part {
  readonly titles?: readonly string[];
  /** Besides what this process has. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs the acceptance suite, or some of its files, in a separate process.
 *
 * @param directory keeps what the run recorded.
 * @throws {Error} (rejects) when nothing was tested.
 */
export async function runRecorded(
  directory: string,
  files: readonly string[],
  { titles = [], environment = {} }: Part = {},
): Promise<SuiteRun> {
  const results = mkdtempSync(join(tmpdir(), "gatehouse-results-"));
  const resultsFile = join(results, "results.json");
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  const summary = join(import.meta.dirname, "summary-reporter.ts");
  const reporters = ["dot", "json", summary].flatMap((reporter) => ["--reporter", reporter]);
  const names = files.map((name) => `acceptance/${name}.test.ts`);
  const some = titles.length === 0 ? [] : ["-t", titles.map(escaped).join("|")];
  const output = `--outputFile.json=${resultsFile}`;
  const child = spawn(
    process.execPath,
    [vitest, "run", "--project", "acceptance", ...reporters, output, ...some, ...names],
    {
      cwd: repository,
      env: {
        ...process.env,
        ...recordingInto(directory).environment,
        NO_COLOR: "1",
        // Of Vitest itself, of which a run loads more than it tests.
        NODE_COMPILE_CACHE: join(repository, ".cache/compiled"),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let printed = "";
  child.stdout.on("data", (text) => (printed += String(text)));
  child.stderr.on("data", (text) => (printed += String(text)));
  await once(child, "close");
  const { skipped } = readSummary(printed);
  const tests = readResults(resultsFile);
  rmSync(results, { recursive: true, force: true });
  const withStatus = (wanted: string) =>
    tests.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
  return {
    code: child.exitCode,
    output: printed,
    passed: withStatus("passed"),
    failed: withStatus("failed"),
    skipped,
  };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

interface TestResult {
  readonly fullName: string;
  readonly status: string;
}

function readResults(file: string): readonly TestResult[] {
  const { testResults }: { testResults: { assertionResults: TestResult[] }[] } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** @throws {Error} when the run has not come to its summary: nothing was tested. */
export function readSummary(output: string): Summary {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ skipped$/m.exec(output) ?? [];
  if (passed === undefined) throw new Error(`the suite did not run:\n${output}`);
  const skipped = [...output.matchAll(/^skipped: (.*)$/gm)].map(([, line = ""]) => line);
  return { passed: Number(passed), failed: Number(failed), skipped };
}
