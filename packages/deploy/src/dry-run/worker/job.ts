import type { Outcome } from "../engine/outcome.ts";

/** What the worker is told when it starts, as JSON in its first argument. */
export interface Workshop {
  /** The copied project that it evaluates. */
  readonly project: string;
  /** Where it was copied from. */
  readonly original: string;
  /** Next to the copy: for what is kept from one evaluation to the next. */
  readonly scratch: string;
}

/** One evaluation of the copy as it is at that moment. */
export interface Job {
  readonly stage: string;
  readonly dev: boolean;
  /** Parameter Store as an earlier deploy left it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Files of the copy that differ from the project's. */
  readonly changed: readonly string[];
}

/** What the worker answers to a job. */
export interface Answer {
  readonly outcome: Outcome;
  /** Whether its process has come to rest, with memory left for another job. */
  readonly isReusable: boolean;
}
