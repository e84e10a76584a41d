import { createHash, randomUUID } from "node:crypto";

import type { Clock } from "../../clock.ts";
import type { Client } from "./clients.ts";
import { newRefreshToken } from "./ids.ts";
import type { User } from "./users.ts";

/** One sign-in of one user at one client. It lives as long as its refresh token, through every rotation. */
export interface Grant {
  readonly originJti: string;
  readonly clientId: string;
  readonly sub: string;
  readonly scopes: readonly string[];
  /** Tokens of an API sign-in differ from those of the hosted pages. */
  readonly by: "hosted" | "api";
  /** Seconds; stays the first sign-in's. */
  readonly authTime: number;
  readonly expiresAtMs: number;
  /** What its access tokens are bound to, as `aud`. */
  readonly resource: string | undefined;
}

export type RefreshFailure = "unknown" | "another client" | "expired" | "revoked" | "reused";
export type Refresh =
  | { readonly kind: "refreshed"; readonly grant: Grant; readonly successor: string | undefined }
  | { readonly kind: "refused"; readonly why: RefreshFailure };

export interface Grants {
  open(options: {
    client: Client;
    user: User;
    scopes: readonly string[];
    by: Grant["by"];
    authTime: number;
    resource?: string | undefined;
  }): {
    grant: Grant;
    refreshToken: string;
  };
  /**
   * Takes a refresh token. With rotation the answer has a `successor`, which keeps the first token's expiry, and the old
   * token goes on working for the client's grace period only.
   */
  refresh(refreshToken: string, client: Client): Refresh;
  /** The grant of a refresh token, also of one that was rotated away. */
  findByRefreshToken(refreshToken: string): Grant | undefined;
  revoke(originJti: string): void;
  revokeAllOf(sub: string): void;
  /** Whether access tokens of the grant still count at the endpoints that look. Offline they verify until they expire. */
  isLive(originJti: string): boolean;
}

export function createGrants(clock: Clock): Grants {
  const grants = new Map<string, Grant>();
  const revoked = new Set<string>();
  const tokens = new Map<string, { readonly grant: Grant; rotatedAtMs?: number }>();
  const issue = (grant: Grant): string => {
    const token = newRefreshToken();
    tokens.set(hash(token), { grant });
    return token;
  };

  return {
    open({ client, user, scopes, by, authTime, resource }) {
      const grant: Grant = {
        originJti: randomUUID(),
        clientId: client.id,
        sub: user.sub,
        scopes,
        by,
        authTime,
        expiresAtMs: clock.now() + client.refreshDays * 24 * 3600 * 1000,
        resource,
      };
      grants.set(grant.originJti, grant);
      return { grant, refreshToken: issue(grant) };
    },
    refresh(refreshToken, client) {
      const held = tokens.get(hash(refreshToken));
      if (!held) return { kind: "refused", why: "unknown" };
      if (held.grant.clientId !== client.id) return { kind: "refused", why: "another client" };
      if (revoked.has(held.grant.originJti)) return { kind: "refused", why: "revoked" };
      const nowMs = clock.now();
      if (nowMs >= held.grant.expiresAtMs) return { kind: "refused", why: "expired" };
      const graceSeconds = client.rotationGraceSeconds;
      if (graceSeconds === undefined)
        return { kind: "refreshed", grant: held.grant, successor: undefined };
      if (held.rotatedAtMs !== undefined && nowMs >= held.rotatedAtMs + graceSeconds * 1000) {
        return { kind: "refused", why: "reused" };
      }
      held.rotatedAtMs ??= nowMs;
      return { kind: "refreshed", grant: held.grant, successor: issue(held.grant) };
    },
    findByRefreshToken: (refreshToken) => tokens.get(hash(refreshToken))?.grant,
    revoke(originJti) {
      revoked.add(originJti);
    },
    revokeAllOf(sub) {
      for (const grant of grants.values()) if (grant.sub === sub) revoked.add(grant.originJti);
    },
    isLive: (originJti) => grants.has(originJti) && !revoked.has(originJti),
  };
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
