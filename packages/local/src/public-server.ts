import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";

import type { Explain } from "./explain.ts";

/** Room for requests that CloudFront's own limit has to refuse. */
const maxHeaderSize = 64 * 1024;

/** Serves one name; `undefined` when it does not know the name. */
export type Route = (host: string) => RequestListener | undefined;

export interface PublicServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The stack's one public port, on 127.0.0.1 and ::1 only.
 *
 * Every name it serves is listed; anything else is answered 421, so that no page on the web can reach the stack by a
 * name of its own (DNS rebinding).
 *
 * @param port 0 picks a free one.
 * @throws {Error} with code `EADDRINUSE` when the port is taken.
 */
export async function startPublicServer(
  port: number,
  route: Route,
  explain: Explain,
): Promise<PublicServer> {
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    const host = hostOf(request);
    const serve = host === undefined || !request.url?.startsWith("/") ? undefined : route(host);
    if (serve === undefined) return misdirected(request, response, explain);
    return serve(request, response);
  };
  const open = async (address: string, at: number): Promise<Server> => {
    const server = createServer({ maxHeaderSize, keepAliveTimeout: 5000 }, listener);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: address, port: at, ipv6Only: address === "::1" }, resolve);
    });
    return server;
  };

  const first = await open("127.0.0.1", port);
  const chosen = portOf(first);
  const servers = [first, ...(await openIfPossible(() => open("::1", chosen), first))];
  return {
    port: chosen,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** A machine without IPv6 is fine; a port that somebody else has on ::1 is not, a browser might go there. */
async function openIfPossible(
  open: () => Promise<Server>,
  opened: Server,
): Promise<readonly Server[]> {
  try {
    return [await open()];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code !== "EADDRINUSE") return [];
    opened.close();
    throw error;
  }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string")
    throw new TypeError("the server has no port");
  return address.port;
}

/** The request's `Host`, lower case, with its port; `undefined` unless there is exactly one. */
function hostOf({ rawHeaders }: IncomingMessage): string | undefined {
  const hosts = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host",
  );
  return hosts.length === 1 ? hosts[0]?.toLowerCase() : undefined;
}

function misdirected(request: IncomingMessage, response: ServerResponse, explain: Explain): void {
  explain("stack", "421: the Host header is not one of the stack's names, which the banner lists");
  request.resume();
  response.writeHead(421, { "content-type": "text/plain; charset=utf-8" });
  response.end("This name is not served here.\n");
}
