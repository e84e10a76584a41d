import type { Clock } from "../../clock.ts";
import { createTickets } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

/** What an authorization code grants. */
export interface CodeGrant {
  readonly clientId: string;
  /** Must be repeated exactly when the code is exchanged. */
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly sub: string;
  readonly nonce: string | undefined;
  /** SHA-256 of the code verifier, base64url; absent without PKCE. */
  readonly codeChallenge: string | undefined;
  /** Seconds. */
  readonly authTime: number;
  readonly resource: string | undefined;
}

export type Codes = Tickets<CodeGrant>;

const codeSeconds = 5 * 60;

/** Authorization codes: one use, five minutes. */
export function createCodes(clock: Clock): Codes {
  return createTickets<CodeGrant>(codeSeconds, clock);
}
