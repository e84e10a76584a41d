import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { Explain } from "../aws/explain.ts";
import { printableHost } from "../aws/without-secrets.ts";

/** Room for requests that CloudFront's own limit has to refuse. */
const maxHeaderSize = 64 * 1024;

/** What is served by which name. */
export interface Routes {
  /** @returns `undefined` for a name it does not know. */
  readonly find: (host: string) => RequestListener | undefined;
  /** Takes over a connection that is to become a WebSocket. Without it, the request is answered as any other. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex) => void;
  /** What it knows, for a person to read. */
  readonly names: readonly string[];
}

export interface PublicServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A port of the stack, on 127.0.0.1 and ::1 only: the public one, or that of the AWS APIs.
 *
 * Every name it serves is listed; anything else is answered 421, so that no page on the web can reach the stack by
 * its own name (DNS rebinding).
 *
 * @param port 0 picks a free one.
 * @param routes asked at each request: the addresses of what is served hold the port, so they are made after it.
 * @throws {Error} with code `EADDRINUSE` when the port is taken.
 */
export async function startPublicServer(
  port: number,
  routes: () => Routes,
  explain: Explain,
): Promise<PublicServer> {
  const sockets = new Set<Socket>();
  const listener: RequestListener = (request, response) => {
    const hosts = hostsOf(request);
    const [host = ""] = hosts;
    const serve =
      hosts.length === 1 && request.url?.startsWith("/") ? routes().find(host) : undefined;
    if (serve !== undefined) return serve(request, response);
    explain("stack", `421: ${whyMisdirected(request.url ?? "", hosts, routes().names)}`);
    return misdirected(request, response);
  };
  const options = {
    maxHeaderSize,
    keepAliveTimeout: 5000,
    // Since Node 22.21. A server may ignore the wish for another protocol (RFC 9110 7.8), and CloudFront knows this one.
    shouldUpgradeCallback: ({ headers }: IncomingMessage): boolean =>
      headers.upgrade?.toLowerCase() === "websocket" && routes().upgrade !== undefined,
  };
  const open = async (address: string, at: number): Promise<Server> => {
    const server = createServer(options, listener);
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      const [host = "", ...others] = hostsOf(request);
      const { find, upgrade } = routes();
      if (upgrade !== undefined && others.length === 0 && find(host) !== undefined)
        upgrade(request, socket);
      else socket.destroy();
    });
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

/** Every `Host` of the request, lower case, with its port. Exactly one is right. */
function hostsOf({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders
    .filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host")
    .map((host) => host.toLowerCase());
}

function whyMisdirected(
  target: string,
  hosts: readonly string[],
  names: readonly string[],
): string {
  if (target === "*") return "the request target is `*`, which nothing here answers";
  if (!target.startsWith("/")) {
    return "the request target is an absolute URL, as for a proxy, and this is not a proxy: send only the path, and the name as Host";
  }
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    return `the request has ${hosts.length} Host headers; it must have one`;
  const received = host === "" ? "the Host header is empty" : `Host is ${printableHost(host)}`;
  return `${received}, and the stack serves only ${names.join(", ")}`;
}

function misdirected(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(421, { "content-type": "text/plain; charset=utf-8" });
  response.end("This name is not served here.\n");
}
