import { isGuardError } from "@sst-gatehouse/core/errors";
import { unverifiedClaim } from "@sst-gatehouse/core/unverified-token";
import type { VerifiedToken, Verify } from "@sst-gatehouse/core/verifier";
import type { RequireValid } from "@sst-gatehouse/revocations/revocations";

import type { GrantedTokens, HostedSignIn } from "./hosted-sign-in.ts";
import { belongTogether } from "./identify-session.ts";
import { createMemory } from "./memory.ts";
import { type Session, toSession } from "./session-cookies.ts";

export type Renewal =
  | { readonly kind: "renewed"; readonly session: Session }
  /** Signing in again helps. `revoked`: only with the password, not by the hosted sign-in's own session. */
  | { readonly kind: "over"; readonly revoked: boolean };

export interface RenewalDeps {
  readonly verify: Verify;
  /** Of the stage's list, or of none. */
  readonly requireValid: RequireValid;
  /** Whether a session has the ID token, for the claims in it. */
  readonly keepsIdToken: boolean;
  readonly now: () => number;
}

/** A refresh token that Cognito has refused is not offered again for this long. */
const refusedSeconds = 60;
/** What it gave is given again for this long: a container serves the images of a page one after the other. */
const grantedSeconds = 30;

const over = { kind: "over", revoked: false } as const;
const revoked = { kind: "over", revoked: true } as const;

/**
 * Gets the next access token for a session. Requests that come with the same refresh token, together or within a moment,
 * share one call; those that reach another container are what Cognito's grace period for rotated tokens is for.
 *
 * Only a session whose access token was once valid is offered to Cognito, and what comes back must be of the same user
 * and app client: one person's access token beside another's refresh token is no session.
 */
export function createRenewal({
  verify,
  requireValid,
  keepsIdToken,
  now,
}: RenewalDeps): (session: Session, hosted: HostedSignIn) => Promise<Renewal> {
  const underway = new Map<string, Promise<GrantedTokens | undefined>>();
  const granted = createMemory<GrantedTokens>(grantedSeconds, now);
  const refused = createMemory<true>(refusedSeconds, now);

  const grant = async (
    refreshToken: string,
    hosted: HostedSignIn,
  ): Promise<GrantedTokens | undefined> => {
    if (refused.get(refreshToken)) return undefined;
    const known = granted.get(refreshToken);
    if (known !== undefined) return known;
    const running =
      underway.get(refreshToken) ??
      hosted.refresh(refreshToken).finally(() => underway.delete(refreshToken));
    underway.set(refreshToken, running);
    const tokens = await running;
    if (tokens === undefined) refused.set(refreshToken, true);
    else granted.set(refreshToken, tokens);
    return tokens;
  };

  return async (session, hosted) => {
    try {
      const before = await verifyAsIssued(session.accessToken, verify);
      if (before.tokenUse !== "access" || before.clientId !== hosted.clientId) return over;
      await requireValid(before);
      const tokens = await grant(session.refreshToken, hosted);
      if (tokens === undefined) return over;
      const { accessToken, refreshToken = session.refreshToken, idToken } = tokens;
      const renewed = toSession({
        accessToken,
        refreshToken,
        ...(keepsIdToken && idToken !== undefined && { idToken }),
      });
      const after = await verify(accessToken);
      if (after.tokenUse !== "access" || !belongTogether(after, before)) return over;
      await requireValid(after);
      return { kind: "renewed", session: renewed };
    } catch (error) {
      if (!isGuardError(error) || !error.code.startsWith("token_")) throw error;
      return error.code === "token_revoked" ? revoked : over;
    }
  };
}

/**
 * Verifies an access token that may have expired, to know whose it is.
 *
 * @throws {GuardError} (rejects) as `verify` does, but never `token_expired`.
 */
export async function verifyAsIssued(
  token: string,
  verify: RenewalDeps["verify"],
): Promise<VerifiedToken> {
  return verify(token, unverifiedIssuedAt(token));
}

/** The time to judge an expired token by: it was valid when it was issued, or never. */
function unverifiedIssuedAt(token: string): number {
  const issuedAt = unverifiedClaim(token, "iat");
  return typeof issuedAt === "number" ? issuedAt : 0;
}
