import type { Expectation } from "./expected-differences.ts";
import type { Difference } from "./graph-differences.ts";

export interface Report {
  readonly lines: readonly string[];
  /** How many differences were unexpected. */
  readonly surprises: number;
}

/** Differences for a person: expected ones in one line per reason, all others in full. */
export function report(
  differences: readonly Difference[],
  expectations: readonly Expectation[],
): Report {
  const surprising = differences.filter(
    (difference) => !expectations.some(({ covers }) => covers(difference)),
  );
  const expected = expectations.flatMap(({ reason, covers }) => {
    const count = differences.filter(covers).length;
    return count === 0 ? [] : [`as expected, in ${places(count)}: ${reason}`];
  });
  return { lines: [...expected, ...surprising.flatMap(describe)], surprises: surprising.length };
}

function describe({ resource, path, before, after }: Difference): readonly string[] {
  const where = [resource === "" ? "the stage" : resource, path].filter((part) => part !== "");
  return [where.join("  "), `    - ${show(before)}`, `    + ${show(after)}`];
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function places(count: number): string {
  return count === 1 ? "1 place" : `${count} places`;
}
