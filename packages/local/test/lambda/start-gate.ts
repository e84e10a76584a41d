import { onTestFinished } from "vitest";

import { startTlsFront } from "../../src/aws/lambda/tls-front.ts";

interface Arrival {
  readonly path: string;
  /** Answers with `open`. */
  readonly open: () => void;
  /** Resolves when the connection is gone: with the function's process at the latest. */
  readonly closed: Promise<unknown>;
}

export interface Gate {
  /** With a slash at its end. */
  readonly url: string;
  readonly network: { readonly hosts: Record<string, number>; readonly caPem: string };
  readonly arrived: readonly Arrival[];
  /** The next arrival that no earlier call has returned. */
  readonly next: () => Promise<Arrival>;
}

/** A host where functions wait until the test lets them go on. */
export async function startGate(): Promise<Gate> {
  const host = "gate.example.com";
  const arrived: Arrival[] = [];
  let taken = 0;
  let announce: (() => void) | undefined;
  const front = await startTlsFront({
    hosts: [host],
    listener(request, response) {
      const closed = new Promise((resolve) => request.socket.once("close", resolve));
      arrived.push({ path: request.url ?? "", open: () => response.end("open"), closed });
      announce?.();
    },
  });
  onTestFinished(front.close);
  return {
    url: `https://${host}/`,
    network: { hosts: { [host]: front.port }, caPem: front.caPem },
    arrived,
    async next() {
      for (;;) {
        const arrival = arrived[taken];
        if (arrival !== undefined) {
          taken += 1;
          return arrival;
        }
        await new Promise<void>((resolve) => {
          announce = resolve;
        });
      }
    },
  };
}
