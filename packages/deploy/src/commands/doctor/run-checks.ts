import { type Check, type CheckRow, NotTried, Unread } from "./check.ts";

/**
 * Makes checks one after the other.
 *
 * @returns a row for each, in their order. What could not be looked at is not well.
 */
export async function runChecks(checks: readonly Check[]): Promise<readonly CheckRow[]> {
  const rows: CheckRow[] = [];
  for (const check of checks) rows.push(await runCheck(check));
  return rows;
}

async function runCheck({ id, find }: Check): Promise<CheckRow> {
  try {
    const findings = await find();
    if (findings.length === 0) return { id, ok: true, problem: null, mend: null };
    const lines = (texts: readonly string[]) => [...new Set(texts)].join("\n");
    return {
      id,
      ok: false,
      problem: lines(findings.map(({ problem }) => problem)),
      mend: lines(findings.map(({ mend }) => mend)),
    };
  } catch (error) {
    if (error instanceof NotTried)
      return { id, ok: true, problem: `not tried: ${error.message}`, mend: error.how };
    if (!(error instanceof Unread)) throw error;
    return { id, ok: false, problem: `not checked: ${error.message}`, mend: error.mend };
  }
}
