import { onTestFinished } from "vitest";

import type { LambdaFunctionOptions } from "../../src/aws/lambda/invocation.ts";
import { startFixture, type Fixture } from "./start-fixture.ts";

/** Runs a fixture until the test is over. */
export async function runFixture(options: Partial<LambdaFunctionOptions> = {}): Promise<Fixture> {
  const started = await startFixture(options);
  onTestFinished(started.close);
  return started;
}

export interface ProcessFacts {
  readonly pid: number;
  readonly variables: Record<string, string>;
  readonly directory: string;
  readonly temporaryDirectory: string;
  /** How many this process has seen, the present one included. */
  readonly invocations: number;
  readonly version: string;
}

/** What the function sees of the process that it runs in. */
export async function processOf(started: Fixture): Promise<ProcessFacts> {
  return started.call({ action: "process" });
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
