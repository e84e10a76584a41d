import { explainAwsFailure } from "../../../aws-failure.ts";
import { Unread, type CheckRow } from "../check.ts";

/** Asks AWS, and remembers what it would not tell. */
export interface Reader {
  /**
   * @param action what IAM calls the permission, such as `iam:GetRole`.
   * @param call has to return the same whenever it is called.
   * @throws {Unread} (rejects) when AWS does not answer; the failure is then among `failures`.
   */
  read<T>(action: string, call: () => Promise<T>): Promise<T>;
  /**
   * The same, for something that may not be there.
   *
   * @param absent the names of the errors that say so.
   * @returns undefined when it is not there.
   */
  readIfThere<T>(
    action: string,
    absent: readonly string[],
    call: () => Promise<T>,
  ): Promise<T | undefined>;
  /** A row for each permission that was missing and each call that failed otherwise. */
  failures(): readonly CheckRow[];
}

export function createReader(): Reader {
  const failed = new Map<string, CheckRow>();

  function fail(action: string, error: unknown): Unread {
    const why = explainAwsFailure(error);
    const denied = error instanceof Error && /^AccessDenied(Exception)?$/.test(error.name);
    const mend = denied
      ? `Allow ${action} to whoever runs doctor, or use other credentials (AWS_PROFILE).`
      : "Run doctor again.";
    const id = `read-${action.replace(":", "-")}`;
    const before = failed.get(id)?.problem;
    if (before?.includes(why) !== true) {
      const problem = [before, `${action}: ${why}`].filter((text) => text !== undefined).join(" ");
      failed.set(id, { id, ok: false, problem, mend });
    }
    return new Unread(`${action} gave no answer`, mend);
  }

  return {
    async read(action, call) {
      try {
        return await call();
      } catch (error) {
        throw error instanceof Unread ? error : fail(action, error);
      }
    },
    async readIfThere(action, absent, call) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof Error && absent.includes(error.name)) return undefined;
        throw error instanceof Unread ? error : fail(action, error);
      }
    },
    failures: () => [...failed.values()],
  };
}

/** Calls a function once for each list of arguments, and gives everybody the same answer. */
export function once<A extends readonly string[], T>(
  call: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const answer = answers.get(key) ?? call(...args);
    answers.set(key, answer);
    return answer;
  };
}
