const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What a shell says of a command that Ctrl-C has ended. */
export const interruptedExitCode = 130;

export interface Interruption {
  /** Aborted by the first Ctrl-C; further ones change nothing, so that what was made is also cleared away. */
  readonly signal: AbortSignal;
  /** From now on a signal ends the process again. */
  stop(): void;
}

/** Takes over the signals that would end this process. */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const name of signals) process.on(name, abort);
  return {
    signal: controller.signal,
    stop() {
      for (const name of signals) process.off(name, abort);
    },
  };
}
