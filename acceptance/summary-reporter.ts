import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line of counts, and says of every skipped test why it was. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state] += 1;
        const note =
          test.result().state === "skipped" && "note" in test.result() ? test.result() : undefined;
        if (note !== undefined && "note" in note && note.note)
          console.log(`skipped: ${test.fullName} (${note.note})`);
      }
    }
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
