/** One thing that has to hold of a deployed stage. */
export interface Check {
  /** Stable, kebab-case. */
  readonly id: string;
  /**
   * @returns what is wrong; nothing when all is well.
   * @throws {Unread} (rejects) when it cannot be known.
   * @throws {NotTried} (rejects) when it is only looked at on request.
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
  /** Also true for what was not tried. */
  readonly ok: boolean;
  /** Null when all is well; begins with "not tried" for what was not tried. */
  readonly problem: string | null;
  /** Null when all is well; otherwise a command or a sentence on each line. For what was not tried, what tries it. */
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

/** Nobody has asked for it, so nothing can be said of it. */
export class NotTried extends Error {
  override readonly name = "NotTried";
  readonly how: string;

  /** @param how a command that tries it, or what has to be done before. */
  constructor(what: string, how: string) {
    super(what);
    this.how = how;
  }
}

/** One finding when something does not hold. */
export function unless(holds: boolean, problem: string, mend: string): readonly Finding[] {
  return holds ? [] : [{ problem, mend }];
}
