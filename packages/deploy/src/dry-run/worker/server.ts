import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import { bootstrapOf, liveEventHosts } from "../engine/bootstrap.ts";
import { keySetAt } from "../engine/public-keys.ts";
import type { BuiltFunction, FunctionInput } from "./build-function.ts";

export interface Server {
  /** Where SST's components find the CLI. Holds a secret: it builds what it is told to. */
  readonly cli: string;
  /** Where the config finds AWS; a user pool's public keys, nothing more. */
  readonly aws: string;
}

type Build = (input: FunctionInput) => Promise<BuiltFunction>;

/**
 * Answers on loopback in the place of SST's CLI, and of the one address at AWS that the config fetches from. It does not
 * keep the process alive.
 */
export async function startServer(build: Build): Promise<Server> {
  const secret = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    answer(build, `/${secret}/rpc`, request).then(
      ({ status, body }) => respond(response, status, body),
      () => response.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  server.unref();
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  const aws = `http://127.0.0.1:${address.port}`;
  return { cli: `${aws}/${secret}`, aws };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function answer(build: Build, rpcPath: string, request: IncomingMessage): Promise<Answer> {
  const { method, url = "" } = request;
  if (method === "POST" && url === rpcPath) {
    const call: Call = JSON.parse(await text(request));
    return { status: 200, body: JSON.stringify(await answerCall(build, call)) };
  }
  const keys = method === "GET" ? keySetAt(url) : undefined;
  return keys === undefined ? { status: 404, body: "{}" } : { status: 200, body: keys };
}

function respond(response: ServerResponse, status: number, body: string): void {
  // Connections are not kept: the process has nothing left to do when the program has not.
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(body);
}

type Call =
  | {
      readonly method: "Provider.Aws.Bootstrap";
      readonly params: readonly [{ readonly region: string }];
    }
  | { readonly method: "Provider.Aws.Appsync" | "Runtime.AddTarget" }
  | { readonly method: "Runtime.Build"; readonly params: readonly [FunctionInput] };

async function answerCall(
  build: Build,
  call: Call,
): Promise<{ readonly result: unknown; readonly error: string | null }> {
  try {
    return { result: await resultOf(build, call), error: null };
  } catch (error) {
    return { result: null, error: error instanceof Error ? error.message : String(error) };
  }
}

async function resultOf(build: Build, call: Call): Promise<unknown> {
  const { method }: { readonly method: string } = call;
  switch (call.method) {
    case "Provider.Aws.Bootstrap":
      return bootstrapOf(call.params[0].region);
    case "Provider.Aws.Appsync":
      return liveEventHosts;
    case "Runtime.Build":
      return build(call.params[0]);
    case "Runtime.AddTarget":
      return true;
    default:
      throw new Error(
        `SST's components ask the CLI for ${method}, which is not supported here. Add it to server.ts.`,
      );
  }
}
