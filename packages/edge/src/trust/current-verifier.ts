import { createVerifier, type KeySet, type VerifiedToken } from "@sst-gatehouse/core/verifier";

import type { Settings } from "./client-ids.ts";

export interface CurrentVerifierDeps {
  readonly issuers: readonly string[];
  readonly settings: Pick<Settings, "clients" | "generation">;
  readonly keys: KeySet;
  readonly now: () => number;
}

/** A verifier for the clients of this moment: a new one only when Parameter Store has brought other client ids. */
export function createCurrentVerifier({
  issuers,
  settings,
  keys,
  now,
}: CurrentVerifierDeps): (token: string, at?: number) => Promise<VerifiedToken> {
  const create = (): {
    generation: number;
    verify: (token: string, at?: number) => Promise<VerifiedToken>;
  } => ({
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
  return (token, at) => {
    if (current.generation !== settings.generation) current = create();
    return current.verify(token, at);
  };
}
