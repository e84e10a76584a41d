import { startStack, type Stack, type StackOptions } from "@sst-gatehouse/local/stack";
import { onTestFinished } from "vitest";

import { sample } from "../sample/sample.ts";
import type { Target } from "../support/target.ts";
import { builtOnce } from "./built.ts";

export interface OwnStack {
  readonly stack: Stack;
  readonly target: Target;
  /** What the terminal would show: who says it, and the first line. */
  readonly lines: readonly string[];
}

/** A stack for one test, which may move its clock and take its parameters away. It ends with the test. */
export async function startOwnStack(
  options: Partial<Pick<StackOptions, "project">> &
    Pick<StackOptions, "unbaked" | "stage" | "codeSource" | "account" | "credentialSeconds"> = {},
): Promise<OwnStack> {
  const lines: string[] = [];
  const stack = await startStack({
    project: sample,
    codeSource: builtOnce,
    port: 0,
    explain: (from, reason) => lines.push(`${from}: ${reason}`),
    ...options,
  });
  onTestFinished(() => stack.close());
  return { stack, target: stack.outputs, lines };
}
