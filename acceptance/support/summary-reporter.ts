import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line of counts, and says of every skipped test why it was. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules)
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
    for (const skipped of skippedIn(modules)) console.log(`skipped: ${skipped}`);
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    // After what other reporters still have to say.
    process.once("exit", () => process.stdout.write(`\n${line}\n`));
  }
}

/** Each skipped test that gives a reason, with it. */
export function skippedIn(modules: readonly TestModule[]): readonly string[] {
  return modules
    .flatMap((module) => [...module.children.allTests("skipped")])
    .flatMap((test) => {
      const result = test.result();
      return result.state === "skipped" && result.note ? [`${test.fullName} (${result.note})`] : [];
    });
}

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/**
 * Reads what the reporter has printed.
 *
 * @throws {Error} when the run has not come to its summary: nothing was tested.
 */
export function readSummary(output: string): Summary {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ skipped$/m.exec(output) ?? [];
  if (passed === undefined) throw new Error(`the suite did not run:\n${output}`);
  const skipped = [...output.matchAll(/^skipped: (.*)$/gm)].map(([, line = ""]) => line);
  return { passed: Number(passed), failed: Number(failed), skipped };
}
