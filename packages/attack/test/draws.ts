import { draws as drawsOf } from "@sst-gatehouse/testkit/draws";

/** How many cases a property draws: a few among the other tests, many in `pnpm test:attack`. */
export const draws = drawsOf(1000, 40_000);

/** A new seed, printed, so that a failure can be drawn again. */
export function drawSeed(what: string): number {
  const seed = Date.now() % 2_147_483_647;
  console.log(`seed ${seed}: ${what}`);
  return seed;
}
