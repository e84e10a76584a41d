import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";

import { onTestFinished } from "vitest";

/** A request as it came off the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An app on this machine that notes what it receives; it is gone when the test is. */
export async function startApp(
  answer: (received: Received) => Answer | Promise<Answer> = () => ({}),
): Promise<{ origin: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const whole = { method, path, headers, body: Buffer.concat(chunks) };
      received.push(whole);
      void Promise.resolve(answer(whole)).then(({ status = 200, headers: sent = {}, body = "" }) =>
        response.writeHead(status, sent).end(body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return { origin: `http://127.0.0.1:${address.port}`, received };
}

export function problem(status: number, members: Readonly<Record<string, unknown>>): Answer {
  const headers = { "content-type": "application/problem+json" };
  return { status, headers, body: JSON.stringify(members) };
}

export const expired = problem(401, { code: "token_expired" });

/** By Node's own implementation, not by Web Crypto. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
