/** What `main.ts` is asked to run, as JSON in its first argument. */
export interface Job {
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** Put before the inherited `PATH`. */
  readonly path: readonly string[];
  /** Whether it downloads packages, and so needs to know the way to the network. */
  readonly network: boolean;
  /** Wins over what is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}
