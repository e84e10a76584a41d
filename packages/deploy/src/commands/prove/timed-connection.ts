import { Agent, request } from "node:https";

const timeoutMs = 30_000;

/** One request for a stage, without a body. */
export interface Asked {
  readonly method: "GET" | "OPTIONS";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TimedAnswer {
  readonly status: number;
  /** From when the request could be sent, over a connection that stands, to the answer's last byte. */
  readonly ms: number;
  /** What opening the connection took without its handshake, which is one round trip; absent where it was open. */
  readonly connectMs: number | undefined;
  /** `X-Amz-Cf-Pop`: where CloudFront has answered. */
  readonly place: string | undefined;
}

/** One connection, for one request at a time. */
export interface TimedConnection {
  /** Rejects when there is no answer in 30 seconds. */
  readonly ask: (asked: Asked) => Promise<TimedAnswer>;
  readonly close: () => void;
}

/** @param origin `https://<host>` */
export function openConnection(origin: string): TimedConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask: TimedConnection["ask"] = ({ method, path, headers }) =>
    new Promise((resolve, reject) => {
      let began = performance.now();
      let connectMs: number | undefined;
      const asked = request(new URL(path, origin), {
        method,
        // AWS's common firewall rules block requests without one.
        headers: { "user-agent": "gatehouse-prove", ...headers },
        agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      asked.on("socket", (socket) => {
        if (!socket.connecting) return;
        socket.once("lookup", () => (began = performance.now()));
        socket.once("connect", () => (connectMs = performance.now() - began));
        socket.once("secureConnect", () => (began = performance.now()));
      });
      asked.on("error", reject);
      asked.on("response", (response) => {
        const { statusCode: status = 0, headers: answered } = response;
        const place = answered["x-amz-cf-pop"];
        response.on("error", reject);
        response.on("end", () => {
          const ms = performance.now() - began;
          resolve({
            status,
            ms,
            connectMs,
            place: place === undefined ? undefined : String(place),
          });
        });
        response.resume();
      });
      asked.end();
    });
  return { ask, close: () => agent.destroy() };
}
