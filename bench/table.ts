import { cpus } from "node:os";

import type { Row } from "./rows.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return { cpu: all[0]?.model ?? "unknown", cores: all.length, node: process.version };
}

/** `over` is told, never enforced: what fails on a time fails on a busy machine. */
export function verdictOf({ measured, budget }: Row): "ok" | "over" | "" {
  if (budget === undefined) return "";
  return measured <= budget ? "ok" : "over";
}

/** One table in Markdown, with date and machine below it. @param date `yyyy-mm-dd` */
export function printTable(
  rows: readonly Row[],
  date: string,
  { cpu, cores, node }: Machine,
): string {
  const lines = [
    ["#", "what", "measured", "budget", "verdict"],
    ...rows.map((row) => [
      row.id,
      row.what,
      quantity(row.measured, row),
      quantity(row.budget, row),
      verdictOf(row),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 2 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 2 || column === 3 ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  const [head = [], ...body] = lines;
  return [
    print(head),
    rule,
    ...body.map(print),
    "",
    `${date}, ${cpu}, ${cores} cores, Node ${node}`,
  ].join("\n");
}

function quantity(value: number | undefined, { unit, digits }: Row): string {
  if (value === undefined) return "";
  const number = value.toFixed(digits);
  return unit === "x" ? `${number}x` : `${number} ${unit}`.trim();
}
