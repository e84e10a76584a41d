import { createVerifier, type KeySet, type VerifiedToken } from "@sst-gatehouse/core/verifier";

import type { Settings } from "./client-ids.ts";

export interface CurrentVerifierDeps {
  readonly issuers: readonly string[];
  readonly settings: Pick<Settings, "clients" | "generation">;
  readonly keys: KeySet;
  readonly now: () => number;
}

export interface CurrentVerifier {
  /** @param at judges the token by another time than now. */
  readonly verify: (token: string, at?: number) => Promise<VerifiedToken>;
  /** Changes with the key set and with the clients: what was verified under another generation proves nothing now. */
  readonly generation: () => string;
}

/** Verifies by the keys and clients of this moment: a new verifier only when Parameter Store has brought other client ids. */
export function createCurrentVerifier({
  issuers,
  settings,
  keys,
  now,
}: CurrentVerifierDeps): CurrentVerifier {
  const create = () => ({
    generation: settings.generation,
    verify: createVerifier({
      issuers,
      clients: settings.clients(),
      tokenUses: ["id", "access"],
      keys,
      now,
    }),
  });
  let current = create();
  return {
    verify(token, at) {
      if (current.generation !== settings.generation) current = create();
      return current.verify(token, at);
    },
    generation: () => `${keys.current().generation}.${settings.generation}`,
  };
}
