import { cp } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";

import { sample } from "../sample/sample.ts";
import { builtGuard } from "./built.ts";

export interface StreamingStack {
  readonly stack: Stack;
  /** What the terminal would show. */
  readonly lines: string[];
}

/** The local stack with `streaming-backend/` behind its Function URL. */
export async function startStreamingStack(): Promise<StreamingStack> {
  const lines: string[] = [];
  const stack = await startStack({
    project: sample,
    // This backend has no `protect()`.
    stage: { backendChecksRevocation: false },
    port: 0,
    explain: (from, reason) => lines.push(`${from}: ${reason}`),
    async codeSource({ edge, functions }) {
      await cp(join(import.meta.dirname, "streaming-backend"), functions, { recursive: true });
      return {
        edge: await builtGuard(edge),
        functions: { api: { directory: functions, handler: "index.handler" } },
      };
    },
  });
  return { stack, lines };
}

/** Path and query of a request to the backend. */
export function ask(path: string, asked: object): string {
  return `${path}?a=${encodeURIComponent(JSON.stringify(asked))}`;
}

/** An answer whose body has not come yet. */
export interface Opened {
  readonly response: IncomingMessage;
  /** The next bytes as they arrive, `undefined` at the end. Rejects when the transfer breaks. */
  readonly next: () => Promise<Buffer | undefined>;
  readonly leave: () => void;
}

/** Resolves when status and headers are there. */
export function openAnswer({ outputs }: Stack, path: string): Promise<Opened> {
  const { host, port } = new URL(outputs.appUrl);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path,
      headers: { host, authorization: `Bearer ${outputs.tokens.access}` },
      agent: false,
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const chunks: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
      resolve({
        response,
        next: async () => {
          const chunk = await chunks.next();
          return chunk.done === true ? undefined : chunk.value;
        },
        leave: () => outgoing.destroy(),
      });
    });
    outgoing.end();
  });
}
