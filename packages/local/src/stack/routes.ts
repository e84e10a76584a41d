import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import type { Explain } from "../aws/explain.ts";
import type { Routes } from "./public-server.ts";

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface RoutesOptions {
  /** The app, by the origins that it answers at. */
  readonly apps: ReadonlyMap<string, Handle>;
  readonly hosted: readonly [origin: string, handle: Handle];
  readonly console: readonly [origin: string, handle: Handle];
  /** Also answers for Function URLs that do not exist, as AWS does. */
  readonly functionUrl: Handle;
  readonly explain: Explain;
}

const anyFunctionUrl = /^[a-z0-9-]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/;

/** Which stand-in answers for a `Host` at the public port: the exact names of the stack, as a browser writes them. */
export function createRoutes(
  port: number,
  { apps, hosted, console: shown, functionUrl, explain }: RoutesOptions,
): Routes {
  const listeners = new Map(
    [...apps, hosted, shown].map(([origin, handle]) => [
      new URL(origin).host,
      settled(handle, explain),
    ]),
  );
  const toFunctionUrl = settled(functionUrl, explain);

  const find = (host: string): RequestListener | undefined => {
    // With or without the port: signers use the real name, without it.
    const name = host.endsWith(`:${port}`) ? host.slice(0, -`:${port}`.length) : host;
    return listeners.get(host) ?? (anyFunctionUrl.test(name) ? toFunctionUrl : undefined);
  };
  return { find, names: [...listeners.keys(), "the Function URL's own host"] };
}

/** The AWS APIs, and for programs that look up no name what the sign-in domain has for them: tokens, and what one says. */
export function apiRoutes(
  port: number,
  {
    awsApis,
    hosted,
    explain,
  }: Pick<RoutesOptions, "explain"> & {
    readonly awsApis: RequestListener;
    readonly hosted: Handle;
  },
): Routes {
  const names = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  const oauth = settled(hosted, explain);
  const listener: RequestListener = (request, response) =>
    (request.url?.startsWith("/oauth2/") ? oauth : awsApis)(request, response);
  return { find: (host) => (names.includes(host) ? listener : undefined), names };
}

function settled(handle: Handle, explain: Explain): RequestListener {
  return (request, response) => {
    handle(request, response).catch((error: unknown) => answerFault(error, response, explain));
  };
}

/** A fault of the stack itself: said in the terminal, and never a half answer that looks whole. */
export function answerFault(error: unknown, response: ServerResponse, explain: Explain): void {
  explain("stack", "500: the local stack failed; please report it", [
    error instanceof Error ? (error.stack ?? error.message) : "no error",
  ]);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
  response.end("The local stack failed; the terminal says why.\n");
}
