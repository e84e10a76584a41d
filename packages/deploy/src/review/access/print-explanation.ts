import { columns, type Row, section } from "../text.ts";
import type { Explanation, RulesOutcome } from "./explain.ts";

/** What was asked, as a reader has typed it. */
export interface AskedFor {
  readonly who: string;
  /** Who that is, in words. */
  readonly words: string;
  readonly method: string;
  readonly path: string;
}

/** An explanation as text of 100 columns. */
export function printExplanation(
  { who, words, method, path }: AskedFor,
  { readings, rule, outcome }: Explanation,
): string {
  const rows: Row[] = [
    ["who", `${who}: ${words}`],
    ["rule", rule?.text ?? (readings.length === 0 ? "none was asked" : noRule(outcome))],
    ...(rule === undefined ? [] : [["admits", rule.admits] as const]),
    ["answer", answer(outcome)],
  ];
  const read = readings.map(({ reading, lowerCase, rule: its }): Row => [
    // A reading may have been decoded: a control character stays escaped.
    `${JSON.stringify(reading).slice(1, -1)}${lowerCase ? ", in lower case" : ""}`,
    its ?? "no rule",
  ]);
  const lines = [
    `${method} ${path}`,
    ...columns(rows, 2),
    ...(read.length === 0 ? [] : section("The path as somebody could read it", columns(read, 2))),
  ];
  return `${lines.join("\n")}\n`;
}

function noRule(outcome: RulesOutcome): string {
  return outcome.kind === "refused" && outcome.code === "path_ambiguous"
    ? "none: the readings fall under different ones"
    : "none covers the path";
}

function answer(outcome: RulesOutcome): string {
  if (outcome.kind === "admitted") return "let in: the backend answers";
  if (outcome.kind === "guard") return "the guard answers this address itself";
  return `${outcome.status} ${outcome.code}: ${outcome.detail}`;
}
