import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { build } from "esbuild";

import { sample } from "../sample/sample.ts";
import { builtGuard } from "./built.ts";

export type InvokeMode = "BUFFERED" | "RESPONSE_STREAM";

export interface AnsweringStack {
  readonly stack: Stack;
  /** What the terminal would show: who says it, and the first line. */
  readonly lines: string[];
  /** Lets the route that waits for this name continue. */
  readonly release: (name: string) => void;
}

/** The local stack with `answering-backend/` behind its Function URL. */
export async function startAnsweringStack(mode: InvokeMode): Promise<AnsweringStack> {
  const lines: string[] = [];
  let codeDirectory = "";
  const stack = await startStack({
    project: sample,
    port: 0,
    stage: { streaming: mode === "BUFFERED" ? "off" : "on" },
    explain: (from, reason) => lines.push(`${from}: ${reason}`),
    async codeSource({ edge, functions }) {
      codeDirectory = functions;
      await bundle(functions);
      return {
        edge: await builtGuard(edge),
        functions: { api: { directory: functions, handler: "lambda.handler" } },
      };
    },
  });
  return { stack, lines, release: (name) => writeFileSync(join(codeDirectory, name), "") };
}

async function bundle(directory: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "answering-backend/lambda.ts")],
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    outfile: join(directory, "lambda.mjs"),
    logLevel: "silent",
  });
}
