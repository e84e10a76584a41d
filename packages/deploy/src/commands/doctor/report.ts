import type { CheckRow } from "./check.ts";

/** The rows for a person: what is wrong in full, what is well by name. */
export function reportOf(rows: readonly CheckRow[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length));
  const lines = rows.flatMap(({ id, ok, problem, mend }) =>
    ok
      ? [`  ok     ${id}`]
      : [
          `  WRONG  ${id.padEnd(width)}`.trimEnd(),
          ...indented("         ", problem),
          ...indented("         mend: ", mend),
        ],
  );
  const wrong = rows.filter(({ ok }) => !ok).length;
  const summary =
    wrong === 0
      ? `All ${rows.length} checks are well.`
      : `${wrong} of ${rows.length} checks are not well.`;
  return `${lines.join("\n")}\n\n${summary}\n`;
}

/** Names that others have chosen must not move a terminal's cursor. */
function indented(indent: string, text: string | null): readonly string[] {
  return (text ?? "")
    .split("\n")
    .map((line) => `${indent}${line.replaceAll(/[^\x20-\x7e]+/g, " ")}`);
}
