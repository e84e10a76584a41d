import type { VerifiedTokens } from "@sst-gatehouse/core/verified-tokens";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

import type { Revocations } from "./revocations.ts";

/** Rejects with a `GuardError`: `token_revoked`; `settings_unavailable` when the list that would tell is not there. */
export type RequireValid = (token: VerifiedToken) => Promise<void>;

/**
 * Whether a verified token's sign-in has been ended, asked with every request.
 *
 * Only a good token waits for the list, and only a token that is still good starts the next read: nobody else can make
 * the guard read anything.
 *
 * @param revocations absent where the stage keeps no list.
 */
export function createRequireValid(revocations: Revocations | undefined): RequireValid {
  return async (token) => {
    await revocations?.ready();
    revocations?.requireValid(token);
    revocations?.refreshWhenOld();
  };
}

/** Verifies a token, then looks up whether its sign-in was ended, however well the token itself is remembered. */
export function createValidTokens(
  tokens: Pick<VerifiedTokens, "verify">,
  requireValid: RequireValid,
): (token: string) => Promise<VerifiedToken> {
  return async (token) => {
    const verified = await tokens.verify(token);
    await requireValid(verified);
    return verified;
  };
}
