import type { SuiteRun } from "./proof.ts";
import { plainLines } from "./run-sst.ts";

/** What the acceptance suite's output says: its counts, its files, and which tests failed. */
export function readSuite(code: number, printed: string): SuiteRun {
  const lines = plainLines(printed);
  const files = new Map<string, boolean>();
  const failed = new Set<string>();
  for (const line of lines) {
    const [, mark, file] =
      /^\s*([✓❯×↓])\s.*\bacceptance\/([\w-]+)\.test\.ts\s+\(/u.exec(line) ?? [];
    if (file !== undefined && mark !== "↓") files.set(file, mark === "✓");
    const [, name] = /^\s*FAIL\s+(?:\S+\s+)?(acceptance\/.+)$/.exec(line) ?? [];
    if (name !== undefined) failed.add(name);
  }
  const counts = lines.findLast((line) => /^\d+ passed, \d+ failed, \d+ skipped$/.test(line)) ?? "";
  return { code, counts, files, failed: [...failed] };
}
