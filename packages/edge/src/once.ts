/** Computes a value when it is first asked for, and keeps it. A computation that throws is tried again. */
export function once<T extends object | undefined>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}
