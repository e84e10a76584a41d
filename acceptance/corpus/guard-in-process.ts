import { accessClaims, mint } from "@sst-gatehouse/testkit/tokens";

import { loadBuiltGuard } from "@sst-gatehouse/edge/test/built-guard";
import { accessKey, host, issuer, guardSettings, webClient } from "@sst-gatehouse/edge/test/events";
import {
  createChain,
  type Chain,
  type EdgeFunction,
} from "@sst-gatehouse/local/test/chain-in-process";

export interface GuardedChain {
  readonly chain: Chain;
  readonly guard: EdgeFunction;
  /** Of a user without groups, good for an hour. */
  readonly authorization: readonly ["Authorization", string];
  close(): Promise<void>;
}

/** The guard as it is deployed, between the local stack's CloudFront and Function URL, all in this process. */
export async function startGuardedChain(): Promise<GuardedChain> {
  const chain = createChain(host);
  const now = Math.floor(Date.now() / 1000);
  const keys = guardSettings.jwks?.keys ?? [];
  const built = await loadBuiltGuard(
    { ...guardSettings, jwks: { keys, fetchedAt: now } },
    () => {},
    chain.credentials,
  );
  const token = mint({
    key: accessKey,
    claims: accessClaims({ issuer, clientId: webClient, now }),
  });
  return {
    chain,
    // The chain's event is CloudFront's in every part that the guard reads; its type says `readonly` where aws-lambda's does not.
    guard: (event) => built.handle(JSON.parse(JSON.stringify(event))),
    authorization: ["Authorization", `Bearer ${token}`],
    close: () => built.close(),
  };
}
