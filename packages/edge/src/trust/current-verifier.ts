import {
  createVerifier,
  type KeySet,
  type Verify,
  type VerifierDeps,
} from "@sst-gatehouse/core/verifier";

import type { ClientIdSource } from "./client-ids.ts";

export interface CurrentVerifierDeps {
  readonly issuers: readonly string[];
  readonly clientIds: Pick<ClientIdSource, "clients" | "generation">;
  readonly clientOf: VerifierDeps["clientOf"];
  readonly claims: readonly string[] | undefined;
  readonly keys: KeySet;
  readonly now: () => number;
}

export interface CurrentVerifier {
  readonly verify: Verify;
  /** Changes with the key set and with the clients: what was verified under another generation proves nothing now. */
  readonly generation: () => string;
}

/** Verifies by the keys and clients of this moment: a new verifier only when Parameter Store has brought other client ids. */
export function createCurrentVerifier({
  issuers,
  clientIds,
  clientOf,
  claims,
  keys,
  now,
}: CurrentVerifierDeps): CurrentVerifier {
  const create = () => ({
    generation: clientIds.generation,
    verify: createVerifier({
      issuers,
      clients: clientIds.clients(),
      clientOf,
      tokenUses: ["id", "access"],
      claims,
      keys,
      now,
    }),
  });
  let current = create();
  return {
    verify(token, at) {
      if (current.generation !== clientIds.generation) current = create();
      return current.verify(token, at);
    },
    generation: () => `${keys.current().generation}.${clientIds.generation}`,
  };
}
