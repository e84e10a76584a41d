/** What is timed in a warm process. */
export const warmCases = [
  "rsa verify",
  "F1",
  "sha-256 of 1 MB",
  "new token",
  "known token",
  "session",
  "1 MB body",
  "expired token",
  "garbage token",
  "hostile path",
] as const;

export type WarmCase = (typeof warmCases)[number];

/** Milliseconds per call, one value for each round. */
export type WarmMeasurements = Readonly<Record<WarmCase, readonly number[]>>;
