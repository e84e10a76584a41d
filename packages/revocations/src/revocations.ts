import {
  isRevoked,
  parseRevocations,
  type Revocations as RevocationList,
} from "@sst-gatehouse/blueprint/revocations";
import { causeOf, GuardError } from "@sst-gatehouse/core/errors";

import { afterAnswer } from "./after-answer.ts";

/**
 * What is promised: no list that was asked for longer ago lets anybody in. A sign-in that is younger needs none: whatever
 * a list could say of it is not older either.
 */
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

/** What happens to the list, for the log. */
export interface RevocationsNotice {
  readonly notice: "revocations_refreshed" | "revocations_refresh_failed";
  readonly cause?: string;
}

/** A token, or whose it is and since when, as whole seconds since the epoch. */
export interface SignIn {
  readonly sub: string;
  readonly authTime: number;
}

export interface RevocationsDeps {
  /** The parameters' texts, `undefined` for one that is not there. Rejects on any fault, and after three seconds at most. */
  readonly read: () => Promise<readonly (string | undefined)[]>;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  readonly log: (notice: RevocationsNotice) => void;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
}

export interface Revocations {
  /**
   * `undefined` when nothing has to be waited for: the list or the sign-in is younger than a minute. Otherwise the one read
   * that every waiting request shares.
   *
   * @throws {GuardError} (rejects) `settings_unavailable` when the list cannot be read, where that means to refuse.
   */
  ready(signIn: SignIn): Promise<void> | undefined;
  /** Has the list read after the answer, when there is none or it is old. */
  refreshWhenOld(): void;
  /**
   * To be asked after `ready`, for every request: that a token is remembered makes no difference.
   *
   * @throws {GuardError} `token_revoked`; `settings_unavailable` when `ready` was not awaited, where that means to refuse.
   */
  requireValid(signIn: SignIn): void;
}

/** The sign-ins that were ended, and what it means when the list of them cannot be read. */
export function createRevocations(
  whenUnknown: "allow" | "refuse",
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

  const take = (pages: readonly (string | undefined)[], asked: number): void => {
    const parsed = parseRevocations(pages, now());
    const fresh = JSON.stringify(pages);
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
    return unavailable(error);
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
  const isYoung = ({ authTime }: SignIn, seconds: number): boolean =>
    authTime <= now() && now() - authTime < seconds;
  const failedWithin = (seconds: number): boolean =>
    failedAt !== undefined && now() - failedAt < seconds;

  const isDue = (): boolean =>
    !((askedAt <= now() && now() < refreshAt) || failedWithin(coolDownSeconds));

  return {
    ready(signIn) {
      if (isYoungerThan(maxAgeSeconds) || isYoung(signIn, maxAgeSeconds)) return undefined;
      if (allow) {
        // One wait per minute: while Parameter Store is away, the reads go on in the background.
        return failedWithin(maxAgeSeconds) ? undefined : start().catch(() => undefined);
      }
      return running === undefined && failedWithin(coolDownSeconds)
        ? Promise.reject(unavailable())
        : start();
    },
    refreshWhenOld() {
      if (isDue()) afterAnswer(async () => (isDue() ? start() : undefined));
    },
    requireValid(signIn) {
      const known = maxAgeSeconds + graceSeconds;
      if (!allow && !isYoungerThan(known) && !isYoung(signIn, known)) throw unavailable();
      if (list !== undefined && isRevoked(list, signIn))
        throw new GuardError("token_revoked", "This sign-in was revoked. Sign in again.");
    },
  };
}

/** Rejects with a `GuardError`: `token_revoked`; `settings_unavailable` when the list that would tell is not there. */
export type RequireValid = (signIn: SignIn) => Promise<void>;

/**
 * Whether a sign-in has been ended, to be asked with every request.
 *
 * Only a good token waits for the list, and only one that is still good has it read again: nobody else can make anybody
 * read anything.
 */
export function createRequireValid(revocations: Revocations): RequireValid {
  return async (signIn) => {
    await revocations.ready(signIn);
    revocations.requireValid(signIn);
    revocations.refreshWhenOld();
  };
}

function unavailable(cause?: unknown): GuardError {
  return new GuardError(
    "settings_unavailable",
    "The list of ended sign-ins could not be read from Parameter Store. Try again in a few seconds; if it persists, check that the stage's parameter exists and that the role may read it.",
    { cause },
  );
}
