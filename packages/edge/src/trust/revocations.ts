import {
  isRevoked,
  parseRevocations,
  type Revocations as RevocationList,
} from "@sst-gatehouse/blueprint/revocations";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

import { causeOf, type Log } from "../log.ts";
import { afterAnswer } from "./after-answer.ts";
import { settingsUnavailable } from "./client-ids.ts";

/** What is promised: no list that was asked for longer ago lets anybody in. */
const maxAgeSeconds = 60;
/** From this age on, or up to 15 seconds later, the list is asked for again in the background: not by all containers at once. */
const refreshAfterSeconds = 40;
const refreshSpreadSeconds = 16;
/** After a failure Parameter Store is left alone for this long. */
const coolDownSeconds = 2;
/** For the way from `ready` to the question; a token that has not waited at all is refused. */
const graceSeconds = 5;
/** A read ends after three seconds. One that is still there was frozen with its container, on a socket that is dead now. */
const abandonedAfterSeconds = 4;

export interface RevocationsDeps {
  /** The parameter's text. Rejects on any fault, a missing parameter among them, and after three seconds at most. */
  readonly read: () => Promise<string>;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
}

export interface Revocations {
  /**
   * `undefined` when nothing has to be waited for: the list is younger than a minute. Otherwise the one read that every
   * waiting request shares.
   *
   * @throws {GuardError} (rejects) `settings_unavailable` when the list cannot be read, where that means to refuse.
   */
  ready(): Promise<void> | undefined;
  /** Has the list read after the answer, when there is none or it is old. */
  refreshWhenOld(): void;
  /**
   * To be asked after `ready`, for every request: that a token is remembered makes no difference.
   *
   * @throws {GuardError} `token_revoked`; `settings_unavailable` when `ready` was not awaited, where that means to refuse.
   */
  requireValid(token: Pick<VerifiedToken, "sub" | "authTime">): void;
  /** Takes the text that came with other parameters. @param asked when they were asked for. */
  adopt(text: string | undefined, asked: number): void;
}

/** The sign-ins that were ended, and what it means when the list of them cannot be read. */
export function createRevocations(
  { whenUnknown }: Extract<GuardSettings["revocation"], { mode: "on" }>,
  { read, now, log, random }: RevocationsDeps,
): Revocations {
  const allow = whenUnknown === "allow";
  let list: RevocationList | undefined;
  let text: string | undefined;
  // The list's age counts from the question: what was written after it may not be in the answer.
  let askedAt = 0;
  let refreshAt = 0;
  let failedAt: number | undefined;
  let running: { readonly since: number; readonly done: Promise<void> } | undefined;

  const take = (fresh: string | undefined, asked: number): void => {
    if (fresh === undefined) throw new TypeError("the list of revocations is missing");
    const parsed = parseRevocations(fresh, now());
    if (failedAt !== undefined || (text !== undefined && text !== fresh))
      log({ notice: "revocations_refreshed" });
    failedAt = undefined;
    if (asked < askedAt) return;
    list = parsed;
    text = fresh;
    askedAt = asked;
    refreshAt = asked + refreshAfterSeconds + Math.floor(random() * refreshSpreadSeconds);
  };
  const fail = (error: unknown): GuardError => {
    failedAt = now();
    log({ notice: "revocations_refresh_failed", cause: causeOf(error) });
    return settingsUnavailable(error);
  };
  const load = async (): Promise<void> => {
    const asked = now();
    try {
      take(await read(), asked);
    } catch (error) {
      throw fail(error);
    }
  };
  const start = (): Promise<void> => {
    if (running === undefined || now() - running.since > abandonedAfterSeconds) {
      const mine = {
        since: now(),
        done: load().finally(() => {
          if (running === mine) running = undefined;
        }),
      };
      running = mine;
    }
    return running.done;
  };
  // A list from the future has no age that anybody knows: the clock was set back.
  const isYoungerThan = (seconds: number): boolean =>
    list !== undefined && askedAt <= now() && now() - askedAt < seconds;
  const failedWithin = (seconds: number): boolean =>
    failedAt !== undefined && now() - failedAt < seconds;

  const isDue = (): boolean =>
    !((askedAt <= now() && now() < refreshAt) || failedWithin(coolDownSeconds));

  return {
    ready() {
      if (isYoungerThan(maxAgeSeconds)) return undefined;
      if (allow) {
        // One wait per minute: while Parameter Store is away, the reads go on in the background.
        return failedWithin(maxAgeSeconds) ? undefined : start().catch(() => undefined);
      }
      return running === undefined && failedWithin(coolDownSeconds)
        ? Promise.reject(settingsUnavailable())
        : start();
    },
    refreshWhenOld() {
      if (isDue()) afterAnswer(async () => (isDue() ? start() : undefined));
    },
    requireValid(token) {
      if (!allow && !isYoungerThan(maxAgeSeconds + graceSeconds)) throw settingsUnavailable();
      if (list !== undefined && isRevoked(list, token))
        throw new GuardError("token_revoked", "This sign-in was revoked. Sign in again.");
    },
    adopt(fresh, asked) {
      try {
        take(fresh, asked);
      } catch (error) {
        fail(error);
      }
    },
  };
}
