/**
 * Starts work that a request has shown to be due, once its answer has left. Nobody waits for it, and it may finish in a
 * later request.
 *
 * In a turn of its own, because loading `node:https` and its root certificates takes longer than the whole answer, and a
 * runtime sends the answer in the turn that made it.
 *
 * @param work logs by itself where it fails.
 */
export function afterAnswer(work: () => Promise<unknown>): void {
  setImmediate(() => {
    work().catch(() => undefined);
  });
}
