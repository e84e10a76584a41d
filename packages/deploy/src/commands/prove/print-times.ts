import type { CrowdTimes, Milliseconds, Times } from "./measure-times.ts";

/** Two tables in Markdown, and what they say; they name nobody, but for a town. */
export function printTimes(
  { places, connect, warm }: Times,
  crowds: readonly CrowdTimes[],
): readonly string[] {
  const least = at(warm[0]?.ms ?? [], 0.5);
  return [
    `CloudFront answered in ${places.join(", ") || "a place that it did not name"}, one round trip of ${print(at(connect, 0.5))} ms away. Times are milliseconds, from a connection that stands to the answer's last byte.`,
    "",
    "| one after the other | median | nine in ten within | more than the first row |",
    "| --- | --: | --: | --: |",
    ...warm.map(({ what, ms }, index) =>
      row(what, [at(ms, 0.5), at(ms, 0.9), index === 0 ? undefined : at(ms, 0.5) - least]),
    ),
    "",
    "| all at once | first, median | first, slowest | once more, median | once more, slowest |",
    "| --- | --: | --: | --: | --: |",
    ...crowds.map(({ when, first, again }) =>
      row(`${first.length}, ${when}`, [at(first, 0.5), at(first, 1), at(again, 0.5), at(again, 1)]),
    ),
    "",
  ];
}

function row(what: string, numbers: readonly (number | undefined)[]): string {
  return `| ${what} | ${numbers.map((number) => (number === undefined ? "" : print(number))).join(" | ")} |`;
}

function print(ms: number): string {
  return Number.isNaN(ms) ? "?" : ms.toFixed(1);
}

/** The smallest that so large a share is not above. NaN of nothing. */
function at(ms: Milliseconds, share: number): number {
  const sorted = ms.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
