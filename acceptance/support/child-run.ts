import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { vi } from "vitest";
import type { TestCase, TestRunResult } from "vitest/node";

import { recordingInto } from "./recordings.ts";
import { skippedIn } from "./summary-reporter.ts";

const repository = join(import.meta.dirname, "../..");

export interface SuiteRun {
  /** 1 when a test has failed, or a file. */
  readonly code: number;
  /** What has failed, and why. */
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
      environment: { GATEHOUSE_TARGET: targetFile },
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
 * Runs the acceptance suite, or some of its files, as a run of its own, in one worker. Vitest itself runs in this process, which has
 * to load it once for all runs.
 *
 * @param directory keeps what the run recorded.
 * @throws {Error} (rejects) when nothing was tested.
 */
export async function runRecorded(
  directory: string,
  files: readonly string[],
  { titles = [], environment = {} }: Part = {},
): Promise<SuiteRun> {
  const names = files.map((name) => join(repository, `acceptance/${name}.test.ts`));
  const { exitCode } = process;
  // For the suite's set-up, which runs here, and for the worker.
  const forSuite = { ...recordingInto(directory).environment, ...environment };
  for (const [name, value] of Object.entries(forSuite)) vi.stubEnv(name, value);
  try {
    const { createVitest } = await import("vitest/node");
    const vitest = await createVitest("test", {
      root: repository,
      watch: false,
      project: ["acceptance"],
      reporters: [{}],
      // The tests around have the other cores.
      maxWorkers: 1,
      ...(titles.length > 0 && { testNamePattern: titles.map(escaped).join("|") }),
    });
    try {
      return outcomeOf(await vitest.start(names));
    } finally {
      await vitest.close();
    }
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function outcomeOf({ testModules, unhandledErrors }: TestRunResult): SuiteRun {
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  const inState = (wanted: string) => tests.filter((each) => each.result().state === wanted);
  const nameOf = ({ fullName }: TestCase): string => fullName.replaceAll(" > ", " ");
  const [passed, failed] = [inState("passed").map(nameOf), inState("failed").map(nameOf)];
  const errors = [
    ...unhandledErrors.map(String),
    ...testModules.flatMap((module) => module.errors().map(({ message }) => message)),
    ...tests.flatMap((each) =>
      (each.result().errors ?? []).map(
        ({ message, diff = "" }) => `${each.fullName}: ${message}\n${diff}`,
      ),
    ),
  ];
  if (passed.length + failed.length === 0)
    throw new Error(`the suite did not run:\n${errors.join("\n")}`);
  return {
    code: errors.length === 0 ? 0 : 1,
    output: errors.join("\n"),
    passed,
    failed,
    skipped: skippedIn(testModules),
  };
}
