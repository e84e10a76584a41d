/** One thing that has to hold of a deployed stage. */
export interface Check {
  /** Stable, kebab-case. */
  readonly id: string;
  /**
   * @returns what is wrong; nothing when all is well.
   * @throws {Unread} (rejects) when it cannot be known.
   */
  readonly find: () => Promise<readonly Finding[]>;
}

/** Something that is wrong with a stage. */
export interface Finding {
  /** What is wrong and what AWS or an attacker would make of it. */
  readonly problem: string;
  /** A command, or where no command can do it, a sentence. */
  readonly mend: string;
}

/** What came of a check, as `doctor --json` prints it. */
export interface CheckRow {
  readonly id: string;
  readonly ok: boolean;
  /** Null when all is well. */
  readonly problem: string | null;
  /** Null when all is well; otherwise a command or a sentence on each line. */
  readonly mend: string | null;
}

/** Something could not be read, so that nothing can be said of it. */
export class Unread extends Error {
  override readonly name = "Unread";
  readonly mend: string;

  constructor(why: string, mend: string) {
    super(why);
    this.mend = mend;
  }
}

/** One finding when something does not hold. */
export function unless(holds: boolean, problem: string, mend: string): readonly Finding[] {
  return holds ? [] : [{ problem, mend }];
}
