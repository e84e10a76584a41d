/** Every code a caller can be refused with. The list is closed: `packages/core/src/statuses.ts` has a row for each. */
export type ErrorCode =
  | "token_missing"
  | "token_malformed"
  | "token_too_large"
  | "token_signature"
  | "token_expired"
  | "token_not_yet_valid"
  | "token_issuer"
  | "token_client"
  | "token_use"
  | "token_revoked"
  | "token_audience"
  | "access_denied"
  | "scope_missing"
  | "cross_site"
  | "path_malformed"
  | "path_ambiguous"
  | "query_malformed"
  | "header_malformed"
  | "method_not_allowed"
  | "origin_unknown"
  | "body_hash_required"
  | "body_too_large"
  | "headers_too_large"
  | "keys_unavailable"
  | "settings_unavailable"
  | "settings_invalid";

/** What takes most of the room, by name and never by value. */
export interface LargestHeader {
  /** Lower case. */
  readonly header: string;
  /** Of the header `cookie`, its largest cookie. */
  readonly cookie?: string;
  /** Of the cookie (name, `=`, value), else of the header's lines (name, value and 4 for each). */
  readonly bytes: number;
}

export interface GuardErrorOptions extends ErrorOptions {
  /** With `headers_too_large`. */
  readonly largest?: LargestHeader;
}

/**
 * The outside world's fault, with a stable code. Our own misuse is a `TypeError` instead.
 *
 * @param detail one sentence for the caller: what is wrong and what to do. Never token, signature or header values.
 * @param options.cause for the log only.
 */
export class GuardError extends Error {
  override readonly name = "GuardError";
  readonly code: ErrorCode;
  readonly largest: LargestHeader | undefined;

  constructor(code: ErrorCode, detail: string, options?: GuardErrorOptions) {
    super(detail, options);
    this.code = code;
    this.largest = options?.largest;
  }
}

/** Whether something thrown is a refusal. By its name: each file of the guard that is built on its own has the class once. */
export function isGuardError(thrown: unknown): thrown is GuardError {
  return thrown instanceof Error && thrown.name === "GuardError" && "code" in thrown;
}

/** The names of an error and of what caused it. Messages of foreign errors may hold claims or addresses: left out. */
export function causeOf(error: unknown): string {
  const names: string[] = [];
  for (let at: unknown = error; at instanceof Error && names.length < 5; at = at.cause)
    names.push(at.name);
  return names.join(" < ");
}
