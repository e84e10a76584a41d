import { randomBytes } from "node:crypto";

import type { Clock } from "../../clock.ts";
import { inventedSrpVerifier, startSrpExchange } from "./srp.ts";
import type { SrpExchange, SrpIdentity } from "./srp.ts";
import { createTickets } from "./tickets.ts";
import type { PasswordCheck, Users } from "./users.ts";

/** Signing in with a proof of the password, which itself never leaves the client. */
export interface SrpSignIn {
  /** @returns `undefined` when the client's public number is invalid; the same for a user who does not exist. */
  start(
    username: string,
    clientId: string,
    clientPublic: string,
  ):
    | (Pick<SrpExchange, "serverPublic" | "secretBlock"> & {
        /** Hexadecimal. */
        readonly salt: string;
        /** As the client must hash it. */
        readonly username: string;
        readonly session: string;
      })
    | undefined;
  /** Takes one proof; a second try starts from the beginning. */
  finish(
    session: string,
    caller: { readonly clientId: string; readonly username: string },
    proof: Parameters<SrpExchange["proves"]>[0],
  ): PasswordCheck;
}

/** As long as a new-password challenge waits. */
const sessionSeconds = 3 * 60;

export function createSrpSignIn(options: {
  users: Users;
  poolName: string;
  clock: Clock;
}): SrpSignIn {
  const { users, poolName, clock } = options;
  const inventionKey = randomBytes(32);
  const sessions = createTickets<{
    readonly clientId: string;
    readonly identity: SrpIdentity;
    readonly exchange: SrpExchange;
  }>(sessionSeconds, clock);

  return {
    start(username, clientId, clientPublic) {
      const identity = { poolName, username: username.toLowerCase() };
      const held = users.srpVerifierOf(username) ?? inventedSrpVerifier(identity, inventionKey);
      const exchange = startSrpExchange(clientPublic, held, identity);
      if (!exchange) return undefined;
      const { serverPublic, secretBlock } = exchange;
      return {
        serverPublic,
        secretBlock,
        salt: held.salt.toString(16),
        username: identity.username,
        session: sessions.issue({ clientId, identity, exchange }),
      };
    },
    finish(session, { clientId, username }, proof) {
      const redemption = sessions.redeem(session);
      const begun = redemption.kind === "redeemed" ? redemption.value : undefined;
      if (begun?.clientId !== clientId || begun.identity.username !== username.toLowerCase())
        return { kind: "refused", why: "wrong password" };
      return users.afterAttempt(begun.identity.username, begun.exchange.proves(proof));
    },
  };
}
