import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  builtFromSource,
  startStack,
  type CodeSource,
  type Stack,
  type StackOptions,
} from "@sst-gatehouse/local/stack";
import { afterAll, onTestFinished } from "vitest";

import { sample } from "../sample/sample.ts";
import type { Target } from "../support/target.ts";

export interface OwnStack {
  readonly stack: Stack;
  readonly target: Target;
  /** What the terminal would show: who says it, and the first line. */
  readonly lines: readonly string[];
}

let built: Promise<{ readonly directory: string } & Awaited<ReturnType<CodeSource>>> | undefined;
afterAll(async () => {
  if (built !== undefined) await rm((await built).directory, { recursive: true, force: true });
});

/** Built once for all tests of a file, which edit no source, and copied to each stack. */
const builtOnce: CodeSource = async (into) => {
  const { edge, functions } = await (built ??= buildInto());
  await Promise.all([
    cp(edge.directory, into.edge, { recursive: true }),
    cp(functions.directory, into.functions, { recursive: true }),
  ]);
  return {
    edge: { ...edge, directory: into.edge },
    functions: { ...functions, directory: into.functions },
  };
};

async function buildInto() {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-built-"));
  const into = { edge: join(directory, "edge"), functions: join(directory, "functions") };
  return { directory, ...(await builtFromSource(sample)(into)) };
}

/** A stack for one test, which may move its clock and take its parameters away. It ends with the test. */
export async function startOwnStack(
  options: Partial<Pick<StackOptions, "adopted">> &
    Pick<StackOptions, "unbaked" | "stage" | "codeSource" | "account" | "credentialSeconds"> = {},
): Promise<OwnStack> {
  const lines: string[] = [];
  const stack = await startStack({
    adopted: sample,
    codeSource: builtOnce,
    port: 0,
    explain: (from, reason) => lines.push(`${from}: ${reason}`),
    ...options,
  });
  onTestFinished(() => stack.close());
  return { stack, target: stack.outputs, lines };
}
