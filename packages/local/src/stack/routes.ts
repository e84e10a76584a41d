import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import type { Explain } from "../aws/explain.ts";
import type { Routes } from "./public-server.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface RoutesOptions {
  readonly cloudFront: Handle;
  readonly hosted: Handle;
  /** Also answers for Function URLs that do not exist, as AWS does. */
  readonly functionUrl: Handle;
  readonly awsApis: RequestListener;
  readonly explain: Explain;
}

const anyFunctionUrl = /^[a-z0-9-]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/;

/** Which stand-in answers for a `Host`: the exact names of the stack, with its port. */
export function createRoutes(
  port: number,
  { cloudFront, hosted, functionUrl, awsApis, explain }: RoutesOptions,
): Routes {
  const listeners = new Map<string, RequestListener>();
  const add = (name: string, listener: RequestListener): void => {
    listeners.set(`${name}:${port}`, listener);
    // A browser leaves port 80 out.
    if (port === 80) listeners.set(name, listener);
  };
  add("app.localhost", settled(cloudFront, explain));
  add("auth.localhost", settled(hosted, explain));
  for (const name of ["127.0.0.1", "localhost", "[::1]"]) add(name, awsApis);
  const toFunctionUrl = settled(functionUrl, explain);

  const find = (host: string): RequestListener | undefined => {
    // With or without the port: signers use the real name, without it.
    const name = host.endsWith(`:${port}`) ? host.slice(0, -`:${port}`.length) : host;
    return listeners.get(host) ?? (anyFunctionUrl.test(name) ? toFunctionUrl : undefined);
  };
  return { find, names: [...listeners.keys(), "the Function URL's own host"] };
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
