import { createServer, connect, type Socket } from "node:net";

export interface FarLine {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * A line on loopback that behaves as if its other end were far away: each direction takes half a round trip, and the
 * first byte comes one round trip later, because TCP has said hello before.
 *
 * @param port on this machine, of the other end.
 */
export async function startFarLine(port: number, roundTripMs: number): Promise<FarLine> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    open.add(near).add(far);
    carry(near, far, roundTripMs / 2, roundTripMs);
    carry(far, near, roundTripMs / 2, 0);
    for (const socket of [near, far]) {
      socket.once("close", () => open.delete(socket));
      socket.on("error", () => {
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the line has no port");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** In order, each piece `delayMs` after it came; the first ones not before `helloMs` and that have passed. */
function carry(from: Socket, to: Socket, delayMs: number, helloMs: number): void {
  const openedAt = performance.now();
  const waiting: (() => void)[] = [];
  const later = (work: () => void): void => {
    waiting.push(work);
    const leavesAt = Math.max(performance.now(), openedAt + helloMs);
    setTimeout(() => waiting.shift()?.(), leavesAt + delayMs - performance.now());
  };
  from.on("data", (chunk) => later(() => to.write(chunk)));
  from.on("end", () => later(() => to.end()));
}
