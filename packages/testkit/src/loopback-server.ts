import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface LoopbackServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Must be set before the first request. */
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A server on a free port, for tests that speak real HTTP to a stand-in. Its handler may depend on the port. */
export async function startLoopbackServer(): Promise<LoopbackServer> {
  const http = createServer((request, response) => {
    served.handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error("the handler failed"));
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  const address = http.address();
  if (address === null || typeof address === "string")
    throw new TypeError("the server has no port");
  const served: LoopbackServer = {
    origin: `http://127.0.0.1:${address.port}`,
    handle: () => Promise.reject(new TypeError("no handler is set")),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return served;
}
