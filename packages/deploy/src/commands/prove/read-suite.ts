import type { SuiteRun } from "./proof.ts";
import { plainLines } from "./run-sst.ts";

/** What `acceptance` has printed: its counts, and which tests or checks failed; of the suite, its files. */
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
    const [, check] = /^  WRONG  ([a-z0-9-]+)$/.exec(line) ?? [];
    if (check !== undefined) failed.add(check);
  }
  const counts =
    lines.findLast((line) =>
      /^\d+ passed, \d+ failed, \d+ skipped$|^(All \d+|\d+ of \d+) checks are /.test(line),
    ) ?? "";
  return { code, counts, files, failed: [...failed] };
}
