import type { Wanted } from "../workspace/clean-environment.ts";

/** What `main.ts` is asked to run, as JSON in its first argument. Without the network, AWS is played. */
export interface Job extends Wanted {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
}

/** What `main.ts` tells at the end. */
export interface Told {
  /** What was asked of AWS that is not played. */
  readonly refused: readonly string[];
}
