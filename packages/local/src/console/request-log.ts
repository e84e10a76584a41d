import type { About, Explain, Watch } from "../aws/explain.ts";

/** One thing that happened to a request. */
export interface Hop {
  readonly from: string;
  readonly what: string;
  readonly details: readonly string[];
  readonly refused: boolean;
  readonly ms?: number;
  readonly canonical?: About["canonical"];
  readonly line?: About["line"];
}

export interface LoggedRequest {
  readonly id: string;
  /** Counts up with each change of any request. */
  readonly change: number;
  readonly at: Date;
  readonly hops: readonly Hop[];
}

export interface RequestLog {
  /** The given one, and keeps what it is told of requests. */
  readonly explain: Explain;
  readonly watch: Watch;
  /** The newest first. @param after only what has changed since that change. */
  readonly since: (after: number) => readonly LoggedRequest[];
  readonly find: (id: string) => LoggedRequest | undefined;
  /** Resolves at the next change, or when the signal says so. */
  readonly changed: (signal: AbortSignal) => Promise<void>;
}

/** What is kept at most, whatever is sent: together some 13 million characters. */
const maxRequests = 200;
const maxHops = 40;
const maxDetails = 80;
const maxCharacters = 300;
const maxCharactersOfRequest = 64_000;

/**
 * What the terminal is told, and what went well besides, by request. Nothing is computed here: it has the words of those
 * who tell.
 */
export function createRequestLog(explain: Explain, now: () => number): RequestLog {
  const requests = new Map<string, LoggedRequest>();
  const waiting = new Set<() => void>();
  let change = 0;

  const add = (hop: Hop, id: string): void => {
    const known = requests.get(id) ?? { id, change, at: new Date(now()), hops: [] };
    change += 1;
    if (known.hops.length < maxHops) {
      const hops = [...known.hops, hop];
      const { from, what, refused } = hop;
      const fits = JSON.stringify(hops).length <= maxCharactersOfRequest;
      const kept = fits ? hops : [...known.hops, { from, what, refused, details: [] }];
      requests.set(id, { ...known, change, hops: kept });
    }
    for (const oldest of requests.keys()) {
      if (requests.size <= maxRequests) break;
      requests.delete(oldest);
    }
    for (const wake of waiting) wake();
  };
  const cut = (text: string): string => text.slice(0, maxCharacters);
  const hopOf = ([from, what, details, about]: Parameters<Watch>, refused: boolean): Hop => ({
    from,
    what: cut(what),
    details: details.slice(0, maxDetails).map(cut),
    refused,
    ...(about.ms === undefined ? {} : { ms: about.ms }),
    ...(about.canonical && {
      canonical: {
        received: about.canonical.received.slice(0, maxDetails).map(cut),
        ...(about.canonical.signed && {
          signed: about.canonical.signed.slice(0, maxDetails).map(cut),
        }),
      },
    }),
    ...(about.line && { line: about.line }),
  });

  return {
    explain(from, reason, details, about) {
      explain(from, reason, details, about);
      if (about === undefined) return;
      // A log line tells by itself whether it is about a refusal; everything else that is explained is one.
      const refused = about.line === undefined || Number(about.line["status"] ?? 0) >= 400;
      add(hopOf([from, reason, details ?? [], about], refused), about.request);
    },
    watch: (from, what, details, about) =>
      add(hopOf([from, what, details, about], false), about.request),
    since: (after) =>
      [...requests.values()]
        .filter((each) => each.change > after)
        .toSorted((a, b) => b.change - a.change),
    find: (id) => requests.get(id),
    changed: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        if (signal.aborted) wake();
        else signal.addEventListener("abort", wake);
      }),
  };
}
