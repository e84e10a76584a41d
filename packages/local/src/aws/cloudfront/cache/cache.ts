import type { HeaderLine } from "../header-lines.ts";

/** An answer that can be given again. */
export interface CachedAnswer {
  readonly status: number;
  readonly statusText: string;
  /** End-to-end headers, before CloudFront's own. */
  readonly headers: readonly HeaderLine[];
  readonly body: Buffer;
  readonly storedAtMs: number;
  readonly ttlSeconds: number;
}

/** The requests with one key that wait for the first of them. */
export interface Flight {
  /** The shared answer, or undefined: each goes on by itself. */
  readonly answer: Promise<CachedAnswer | undefined>;
  /** Ends the wait; only the first call counts. */
  land(answer: CachedAnswer | undefined): void;
}

export interface Cache {
  /** The answer for this key while it is fresh. */
  find(key: string): CachedAnswer | undefined;
  store(key: string, answer: CachedAnswer): void;
  /** The request under way with this key. */
  flight(key: string): Flight | undefined;
  /** Makes this request the one that others with its key wait for. */
  takeOff(key: string): Flight;
}

/** The largest body that is kept in memory; CloudFront itself keeps far larger ones. */
export const maxCachedBytes = 20_000_000;

/** Where AWS would ask the origin whether a stale answer still holds, this cache has simply forgotten it. */
export function createCache(now: () => number): Cache {
  const answers = new Map<string, CachedAnswer>();
  const flights = new Map<string, Flight>();
  return {
    find(key) {
      const answer = answers.get(key);
      if (answer === undefined || now() < answer.storedAtMs + answer.ttlSeconds * 1000)
        return answer;
      answers.delete(key);
      return undefined;
    },
    store(key, answer) {
      if (answer.ttlSeconds > 0) answers.set(key, answer);
    },
    flight: (key) => flights.get(key),
    takeOff(key) {
      let settle: ((answer: CachedAnswer | undefined) => void) | undefined;
      const flight: Flight = {
        answer: new Promise((resolve) => {
          settle = resolve;
        }),
        land(answer) {
          if (flights.get(key) === flight) flights.delete(key);
          settle?.(answer);
        },
      };
      flights.set(key, flight);
      return flight;
    },
  };
}
