import { createHash } from "node:crypto";

const maxRemembered = 1000;

/** Values by secrets, which are kept as hashes only. */
export interface Memory<T> {
  readonly get: (secret: string) => T | undefined;
  /** Replaces a value; its time goes on from the first. */
  readonly set: (secret: string, value: T) => void;
}

/** Remembers for some seconds after the first value; the oldest go when there are too many. */
export function createMemory<T>(seconds: number, now: () => number): Memory<T> {
  const entries = new Map<string, { readonly value: T; readonly since: number }>();
  const keyOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url");
  const fresh = (key: string) => {
    const entry = entries.get(key);
    return entry !== undefined && now() - entry.since < seconds ? entry : undefined;
  };
  return {
    get: (secret) => fresh(keyOf(secret))?.value,
    set(secret, value) {
      const key = keyOf(secret);
      const since = fresh(key)?.since ?? now();
      entries.delete(key);
      entries.set(key, { value, since });
      const [oldest] = entries.keys();
      if (entries.size > maxRemembered && oldest !== undefined) entries.delete(oldest);
    },
  };
}
