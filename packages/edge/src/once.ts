/** Computes a value when it is first asked for, and keeps it. A computation that throws is tried again. */
export function once<T extends object | undefined>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}

/** The same, but what was thrown is kept too, and thrown again. */
export function settled<T>(compute: () => T): () => T {
  const outcome = once(() => {
    try {
      const value = compute();
      return () => value;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  });
  return () => outcome()();
}
