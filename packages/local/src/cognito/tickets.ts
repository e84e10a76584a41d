import { randomUUID } from "node:crypto";

import type { Clock } from "../clock.ts";

/** Values handed out under an unguessable name for a limited time. */
export interface Tickets<Value> {
  issue(value: Value): string;
  /** `undefined` when unknown or expired. */
  find(name: string): Value | undefined;
  /** Finds, and makes sure that nobody finds it again. */
  redeem(name: string): Value | undefined;
}

/** More than any test makes at once; the oldest go first, so a loop of sign-ins cannot fill the memory. */
const maxTickets = 10_000;

export function createTickets<Value>(lifetimeSeconds: number, clock: Clock): Tickets<Value> {
  const byName = new Map<string, { value: Value; expiresAtMs: number }>();
  const find = (name: string) => {
    const ticket = byName.get(name);
    return ticket && clock.now() < ticket.expiresAtMs ? ticket.value : undefined;
  };
  return {
    find,
    issue(value) {
      const name = randomUUID();
      byName.set(name, { value, expiresAtMs: clock.now() + lifetimeSeconds * 1000 });
      for (const oldest of byName.keys()) {
        if (byName.size <= maxTickets) break;
        byName.delete(oldest);
      }
      return name;
    },
    redeem(name) {
      const value = find(name);
      byName.delete(name);
      return value;
    },
  };
}
