import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** How many cases each property draws in `pnpm test:attack`. */
    readonly draws?: number;
  }
}

/** How many cases a property draws: a few among the other tests, many in `pnpm test:attack`. */
export const draws = inject("draws") ?? 1000;

/** A new seed, printed, so that a failure can be drawn again. */
export function drawSeed(what: string): number {
  const seed = Date.now() % 2_147_483_647;
  console.log(`seed ${seed}: ${what}`);
  return seed;
}
