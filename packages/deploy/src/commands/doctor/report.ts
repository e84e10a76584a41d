import type { Writable } from "node:stream";

import type { CheckRow } from "./check.ts";

/** @returns the exit code: 1 when something is not well. */
export function printRows(rows: readonly CheckRow[], stdout: Writable, json: boolean): number {
  stdout.write(json ? `${JSON.stringify({ checks: rows })}\n` : reportOf(rows));
  return rows.every(({ ok }) => ok) ? 0 : 1;
}

/** The rows for a person: what is wrong or was not tried in full, what is well by name. */
function reportOf(rows: readonly CheckRow[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length));
  const lines = rows.flatMap(({ id, ok, problem, mend }) =>
    problem === null
      ? [`  ok     ${id}`]
      : [
          `  ${ok ? "-    " : "WRONG"}  ${id.padEnd(width)}`.trimEnd(),
          ...indented("         ", problem),
          ...indented(`         ${ok ? "try" : "mend"}: `, mend),
        ],
  );
  const wrong = rows.filter(({ ok }) => !ok).length;
  const untried = rows.filter(({ ok, problem }) => ok && problem !== null).length;
  const tried = rows.length - untried;
  const summary = [
    wrong === 0 ? `All ${tried} checks are well.` : `${wrong} of ${tried} checks are not well.`,
    ...(untried === 0 ? [] : [`Not tried: ${untried}.`]),
  ].join(" ");
  return `${lines.join("\n")}\n\n${summary}\n`;
}

/** Names that others have chosen must not move a terminal's cursor. */
function indented(indent: string, text: string | null): readonly string[] {
  return (text ?? "")
    .split("\n")
    .map((line) => `${indent}${line.replaceAll(/[^\x20-\x7e]+/g, " ")}`);
}
