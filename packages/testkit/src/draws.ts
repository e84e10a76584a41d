import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Set by `pnpm test:attack`. */
    readonly drawsMany?: boolean;
  }
}

/**
 * How many cases a property draws.
 *
 * @param few among the other tests.
 * @param many in `pnpm test:attack`, which CI runs too.
 */
export function draws(few: number, many: number): number {
  return inject("drawsMany") === true ? many : few;
}
