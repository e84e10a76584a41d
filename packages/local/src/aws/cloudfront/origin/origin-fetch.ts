import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";

import type { HeaderLine } from "../header-lines.ts";

/** Where the origin really listens on this machine. */
export interface Dial {
  readonly host: string;
  readonly port: number;
}

export interface OriginRequest {
  readonly method: string;
  /** Path and query exactly as they go on the wire. */
  readonly target: string;
  readonly headers: readonly HeaderLine[];
  readonly body: Buffer;
  readonly readTimeoutSeconds: number;
}

export type OriginAnswer =
  | { readonly kind: "answer"; readonly response: IncomingMessage }
  | { readonly kind: "failed"; readonly status: 502 | 504; readonly attempts: readonly string[] }
  | { readonly kind: "aborted" };

export interface OriginFetchOptions {
  readonly dial: () => Dial;
  readonly connectionAttempts: number;
  readonly connectionTimeoutSeconds: number;
  readonly keepaliveTimeoutSeconds: number;
}

export interface OriginFetch {
  /** Never rejects. The response's body is not read yet. */
  fetch(request: OriginRequest, signal: AbortSignal): Promise<OriginAnswer>;
  close(): void;
}

type Attempt =
  | { readonly kind: "answer"; readonly response: IncomingMessage }
  | { readonly kind: "failed"; readonly status: 502 | 504; readonly why: string };

/** What CloudFront takes of an origin's head; the stricter of AWS's two numbers is checked by the caller. */
const parserHeadBytes = 65_536;

/**
 * Speaks HTTP/1.1 to the origin: a request that cannot be connected or gets no answer in time is tried again when it is a GET or HEAD,
 * with the same headers, and never when it is anything else.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-request-timeout
 */
export function createOriginFetch(options: OriginFetchOptions): OriginFetch {
  const agent = new Agent({ keepAlive: true, timeout: options.keepaliveTimeoutSeconds * 1000 });
  return {
    async fetch(request, signal) {
      const repeatable = request.method === "GET" || request.method === "HEAD";
      const attempts: string[] = [];
      let status: 502 | 504 = 502;
      while (attempts.length < (repeatable ? options.connectionAttempts : 1)) {
        // An idle connection may close just as it is used. Only what may be repeated runs that risk.
        const attempt = await tryOnce(request, repeatable ? agent : false, options, signal);
        if (signal.aborted) return { kind: "aborted" };
        if (attempt.kind === "answer") return attempt;
        attempts.push(`attempt ${attempts.length + 1}: ${attempt.why}`);
        status = attempt.status;
      }
      return { kind: "failed", status, attempts };
    },
    close: () => agent.destroy(),
  };
}

function tryOnce(
  request: OriginRequest,
  agent: Agent | false,
  options: OriginFetchOptions,
  signal: AbortSignal,
): Promise<Attempt> {
  const { method, target, headers, body, readTimeoutSeconds } = request;
  const { connectionTimeoutSeconds } = options;
  return new Promise((resolve) => {
    const { host, port } = options.dial();
    const outgoing = httpRequest({
      host,
      port,
      method,
      path: target,
      headers: headers.flat(),
      agent,
      signal,
      maxHeaderSize: parserHeadBytes,
    });
    let connected = false;
    let answered = false;
    let timeout: { readonly why: string } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const expectWithin = (seconds: number, why: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timeout = { why };
        outgoing.destroy();
      }, seconds * 1000);
    };
    const expectAnswer = (): void =>
      expectWithin(readTimeoutSeconds, `no answer within ${readTimeoutSeconds} s`);

    expectWithin(connectionTimeoutSeconds, `not connected within ${connectionTimeoutSeconds} s`);
    const onConnect = (): void => {
      connected = true;
      expectAnswer();
    };
    outgoing.on("socket", (socket) => {
      if (socket.connecting) socket.once("connect", onConnect);
      else onConnect();
    });
    // The wait counts from the end of the request; an answer may come before that.
    outgoing.on("finish", () => connected && !answered && expectAnswer());
    outgoing.on("response", (response) => {
      answered = true;
      clearTimeout(timer);
      resolve({ kind: "answer", response });
    });
    outgoing.on("upgrade", (_response, socket) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ kind: "failed", status: 502, why: "the origin switched protocols" });
    });
    outgoing.on("error", (error) => {
      clearTimeout(timer);
      if (timeout !== undefined) resolve({ kind: "failed", status: 504, why: timeout.why });
      else
        resolve({
          kind: "failed",
          status: 502,
          why: `${connected ? "connection lost" : "not connected"} (${error.message})`,
        });
    });
    outgoing.end(body);
  });
}
