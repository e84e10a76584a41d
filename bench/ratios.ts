/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new TypeError("a median needs values");
  return (lower + upper) / 2;
}

/** One number for each round, in milliseconds or megabytes. */
export type Rounds = readonly number[];

/**
 * How many times its floor something takes: the median of each round's own ratio. What slows a machine down for a while
 * slows both halves of a pair.
 */
export function pairedRatio(measured: Rounds, floor: Rounds): number {
  return median(paired(measured, floor).map(([value, base]) => value / base));
}

/** How much more than its floor something takes: the median of each round's own difference. */
export function pairedDifference(measured: Rounds, floor: Rounds): number {
  return median(paired(measured, floor).map(([value, base]) => value - base));
}

function paired(measured: Rounds, floor: Rounds): [value: number, base: number][] {
  return measured.map((value, round) => {
    const base = floor[round];
    if (base === undefined) throw new TypeError("every round measures the floor too");
    return [value, base];
  });
}

/** The same items in a random order, so that nothing is always measured after the same neighbour. */
export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
