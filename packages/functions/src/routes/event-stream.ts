/** Shorter than CloudFront's read timeout of 30 seconds, which also counts between two packets. */
const heartbeatMs = 15_000;

export interface EventStreamOptions {
  readonly events: number;
  /** Milliseconds between two events. */
  readonly intervalMs: number;
}

/**
 * Server-sent events: `tick` with the ids 1 to `events`, the first at once, then the end. When events are far apart,
 * comments go out between them, so that nobody takes the silence for a broken connection.
 */
export function eventStream({
  events,
  intervalMs,
}: EventStreamOptions): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const stop = new AbortController();
  let sent = 0;
  let untilNextMs = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        if (sent === events) return controller.close();
        const waitMs = Math.min(untilNextMs, heartbeatMs);
        await wait(waitMs, stop.signal);
        untilNextMs -= waitMs;
        if (untilNextMs > 0) return controller.enqueue(encoder.encode(": still here\n\n"));
        sent += 1;
        untilNextMs = intervalMs;
        controller.enqueue(
          encoder.encode(
            `id: ${sent}\nevent: tick\ndata: ${JSON.stringify({ number: sent, of: events })}\n\n`,
          ),
        );
      },
      cancel: () => stop.abort(),
    },
    { highWaterMark: 0 },
  );
}

/** Waits, or stops waiting when nobody listens any more. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
