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
    ["#", "what", "measured", "budget", "verdict", "best peer", "of the best peer", "which"],
    ...rows.map((row) => [
      row.id,
      row.what,
      quantity(row.measured, row),
      quantity(row.budget, row),
      verdictOf(row),
      quantity(row.bestPeer?.measured, row),
      row.bestPeer === undefined ? "" : (row.measured / row.bestPeer.measured).toFixed(2),
      row.bestPeer?.name ?? "",
    ]),
  ];
  const [head = [], ...body] = lines;
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const isNumber = (column: number): boolean => [2, 3, 5, 6].includes(column);
  const print = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (isNumber(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
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
