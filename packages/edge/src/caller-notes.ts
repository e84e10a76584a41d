import type { Caller } from "@sst-gatehouse/core/caller";

/** What was worked out of a caller once, and is the same in the next request. */
export interface CallerNotes {
  /** The caller's header, and all that it was asked to say besides. */
  header?: { readonly asked: string; readonly value: string };
  hashedId?: string;
}

const kept = new WeakMap<Caller, CallerNotes>();

/** Kept for as long as the caller's token is remembered, which freezes it. Notes on any other caller are new each time. */
export function notesOn(caller: Caller): CallerNotes {
  const known = kept.get(caller);
  if (known !== undefined) return known;
  const fresh = {};
  if (Object.isFrozen(caller)) kept.set(caller, fresh);
  return fresh;
}
