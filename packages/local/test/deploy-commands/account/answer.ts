/** An answer of a stand-in. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly errorType?: string;
}

/** A refusal, which each protocol writes in its own way. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** One call: what IAM names it, and what it answers. */
export interface Call {
  readonly action: string;
  readonly run: () => Answer;
}

export interface Asked {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Of the credential scope. */
  readonly region: string;
}

export function json(value: unknown, type = "application/json"): Answer {
  return { status: 200, type, body: JSON.stringify(value) };
}

/** A page of a list, two entries long: nothing that follows from a first page alone passes. */
export function pageOf<T>(
  entries: readonly T[],
  marker: string | null | undefined,
): { page: T[]; next: string | undefined } {
  const from = Number(marker ?? "0");
  const page = entries.slice(from, from + 2);
  return { page, next: from + 2 < entries.length ? String(from + 2) : undefined };
}
