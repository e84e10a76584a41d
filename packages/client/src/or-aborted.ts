/** Settles as the work does, or rejects with the signal's reason as soon as it aborts; the work itself then goes on. */
export async function orAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    // The reason is the caller's and need not be an Error; `fetch` rejects with it as well.
    const abort = (): void => reject(signal.reason); // oxlint-disable-line typescript/prefer-promise-reject-errors
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    stopListening = () => signal.removeEventListener("abort", abort);
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    stopListening();
  }
}
