import { randomUUID } from "node:crypto";

import type { Clock } from "../../clock.ts";

/** Values handed out under an unguessable name for a limited time. */
export interface Tickets<Value> {
  issue(value: Value): string;
  /** `undefined` when unknown, used or expired. */
  find(name: string): Value | undefined;
  /** Finds it, and makes sure that nobody finds it again. */
  redeem(name: string): Redemption<Value>;
}

export type Redemption<Value> =
  | { readonly kind: "redeemed"; readonly value: Value }
  /** `unknown` also when it was given out so long ago that it has been forgotten. */
  | { readonly kind: "refused"; readonly why: "unknown" | "used" | "expired" };

/** More than any test makes at once; the oldest go first, so a loop of sign-ins cannot fill the memory. */
const maxTickets = 10_000;

export function createTickets<Value>(lifetimeSeconds: number, clock: Clock): Tickets<Value> {
  // Used and expired ones stay until they are the oldest, so that a refusal can say which it was.
  const byName = new Map<string, { value: Value; expiresAtMs: number; used: boolean }>();
  const refusalOf = (ticket: { expiresAtMs: number; used: boolean }) => {
    if (ticket.used) return "used";
    return clock.now() < ticket.expiresAtMs ? undefined : "expired";
  };
  return {
    find(name) {
      const ticket = byName.get(name);
      return ticket && refusalOf(ticket) === undefined ? ticket.value : undefined;
    },
    issue(value) {
      const name = randomUUID();
      byName.set(name, { value, expiresAtMs: clock.now() + lifetimeSeconds * 1000, used: false });
      for (const oldest of byName.keys()) {
        if (byName.size <= maxTickets) break;
        byName.delete(oldest);
      }
      return name;
    },
    redeem(name) {
      const ticket = byName.get(name);
      if (!ticket) return { kind: "refused", why: "unknown" };
      const why = refusalOf(ticket);
      if (why !== undefined) return { kind: "refused", why };
      ticket.used = true;
      return { kind: "redeemed", value: ticket.value };
    },
  };
}
