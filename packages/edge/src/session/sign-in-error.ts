import { type ErrorCode, isGuardError, type LargestHeader } from "@sst-gatehouse/core/errors";

import { challengeOf, statusOf } from "../responses.ts";

/** What signing in and out can fail with; a person sees the code on the page. */
const statuses = {
  /** The browser came back without the cookie that it left with. */
  sign_in_unmatched: 400,
  sign_in_malformed: 400,
  sign_in_return_path: 400,
  /** Cognito sent the browser back with an error. */
  sign_in_refused: 403,
  /** Cognito did not take the code. */
  sign_in_failed: 400,
  /** Cognito's tokens are not those that were asked for. */
  sign_in_nonce: 400,
  sign_in_not_top_level: 403,
  /** The browser does not keep the guard's cookies. */
  sign_in_cookies: 400,
  sign_in_unavailable: 503,
  /** The stage has no hosted sign-in. */
  sign_in_off: 404,
  sign_in_unknown: 404,
} as const;

export type SignInCode = keyof typeof statuses;

/** @param detail one sentence for the person: what is wrong and what to do. Never what a request or Cognito said. */
export class SignInError extends Error {
  override readonly name = "SignInError";
  readonly code: SignInCode;

  constructor(code: SignInCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

export interface Problem {
  readonly status: number;
  readonly code: SignInCode | ErrorCode;
  readonly detail: string;
  readonly largest?: LargestHeader | undefined;
}

/** What HTTP wants beside the status: when to try again, and how to authenticate. */
export function headersOf({ status, code }: Problem): Readonly<Record<string, string>> {
  if (status === 503) return { "retry-after": "5" };
  const challenge = status === 401 && !isSignInCode(code) ? challengeOf(code) : undefined;
  return challenge === undefined ? {} : { "www-authenticate": challenge };
}

function isSignInCode(code: Problem["code"]): code is SignInCode {
  return Object.hasOwn(statuses, code);
}

/** What to tell about something thrown; `undefined` for what is our own fault. */
export function problemOf(thrown: unknown): Problem | undefined {
  if (thrown instanceof SignInError)
    return { status: statuses[thrown.code], code: thrown.code, detail: thrown.message };
  if (isGuardError(thrown)) {
    const { code, message: detail, largest } = thrown;
    return { status: statusOf(code), code, detail, largest };
  }
  return undefined;
}
