/** What `main.ts` is told, in a file that its first argument names. */
export interface StandInSettings {
  /** The directory that is evaluated. */
  readonly root: string;
  /** Where it was copied from: neither path may occur in the graph. */
  readonly original: string;
  readonly dev: boolean;
  /** Parameter Store as an earlier deploy left it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the outcome is written, as JSON. */
  readonly outcome: string;
}
