import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line of counts, and says of every skipped test why it was. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        counts[result.state] += 1;
        if (result.state === "skipped" && result.note)
          console.log(`skipped: ${test.fullName} (${result.note})`);
      }
    }
    const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    // After what other reporters still have to say.
    process.once("exit", () => process.stdout.write(`\n${line}\n`));
  }
}
