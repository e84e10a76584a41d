import { causeOf, GuardError } from "@sst-gatehouse/core/errors";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import { parseKeySet, type PublicKey } from "@sst-gatehouse/blueprint/cognito-values";
import type { Log } from "../log.ts";
import { afterAnswer } from "@sst-gatehouse/revocations/after-answer";

/** Unknown key ids may cost one fetch in this time, no matter who sends them or how it ends. */
const coolDownSeconds = 10;
/** Older keys are asked for again in the background, so a withdrawn key is trusted a little longer than this at most. */
const maxAgeSeconds = 24 * 60 * 60;

export interface KeySetDeps {
  /** Gets the pool's key set from its fixed URL; rejects on any fault. */
  readonly fetch: () => Promise<unknown>;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** The user pool's public keys: known from the start, replaced when they are old or when a token names another. */
export interface PoolKeySet {
  readonly current: () => { readonly generation: number; readonly keys: readonly PublicKey[] };
  /** Takes a key set that was loaded with the settings, when there is none yet. It counts as old. */
  readonly adopt: (keys: readonly PublicKey[]) => void;
  /**
   * Asks for the key set again: one request at a time, one in ten seconds.
   *
   * @throws {GuardError} `keys_unavailable` when the last attempt failed.
   */
  readonly refetch: () => Promise<void>;
  /** Has the keys refetched after the answer, when they are older than a day. */
  readonly refreshWhenOld: () => void;
}

/** @param baked the keys in the guard's settings file. Without a time they count as old. */
export function createKeySet(
  baked: GuardSettings["jwks"],
  { fetch, now, log }: KeySetDeps,
): PoolKeySet {
  let keys = baked === undefined ? [] : parseKeySet(baked);
  let generation = 0;
  let loadedAt = Math.min(baked?.fetchedAt ?? 0, now());
  let attempt: { at: number; failed: boolean } | undefined;
  let running: Promise<void> | undefined;

  const replace = (fresh: readonly PublicKey[]): void => {
    if (JSON.stringify(fresh) !== JSON.stringify(keys)) {
      keys = fresh;
      generation += 1;
    }
    loadedAt = now();
  };

  const load = async (): Promise<void> => {
    try {
      replace(parseKeySet(await fetch()));
      attempt = { at: now(), failed: false };
      log({ notice: "keys_refreshed" });
    } catch (error) {
      attempt = { at: now(), failed: true };
      log({ notice: "keys_refresh_failed", cause: causeOf(error) });
      throw unavailable(error);
    } finally {
      running = undefined;
    }
  };

  const refetch = async (): Promise<void> => {
    if (running !== undefined) return running;
    if (attempt !== undefined && now() - attempt.at < coolDownSeconds) {
      if (attempt.failed) throw unavailable();
      return undefined;
    }
    // Started in a later turn, so that a fetch that throws at once is cleared away like any other.
    running = Promise.resolve().then(load);
    return running;
  };

  return {
    current: () => ({ generation, keys }),
    adopt(fresh) {
      if (keys.length > 0) return;
      keys = fresh;
      generation += 1;
    },
    refetch,
    refreshWhenOld() {
      if (keys.length === 0 || now() - loadedAt < maxAgeSeconds) return;
      afterAnswer(refetch); // the old keys go on until it succeeds
    },
  };
}

function unavailable(cause?: unknown): GuardError {
  return new GuardError(
    "keys_unavailable",
    "The user pool's keys could not be fetched. Try again in a few seconds.",
    { cause },
  );
}
