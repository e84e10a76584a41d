import { fileURLToPath } from "node:url";

import { createClock, type Clock } from "../../src/aws/clock.ts";
import { createLambdaFunction, type LambdaFunction } from "../../src/aws/lambda/lambda-function.ts";
import type { LambdaFunctionOptions } from "../../src/aws/lambda/invocation.ts";
import { payloadOf, type Json } from "./read-invocation.ts";

/** A directory of this folder, as a bundle to run. */
export function fixture(name: "modules" | "commonjs" | "broken" | "next-version"): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

export interface Fixture extends LambdaFunction {
  readonly clock: Clock;
  /** What the function printed. */
  readonly lines: string[];
  /** Invokes and takes the JSON of a plain response; anything else is an error. */
  readonly call: (event: object) => Promise<Json>;
}

/** Runs `fixtures/modules` unless told otherwise. */
export async function startFixture(options: Partial<LambdaFunctionOptions> = {}): Promise<Fixture> {
  const clock = options.clock ?? createClock();
  const lines: string[] = [];
  const lambda = await createLambdaFunction({
    name: "fixture",
    functionArn: "arn:aws:lambda:eu-west-3:123456789012:function:fixture",
    version: "7",
    codeDirectory: fixture("modules"),
    handler: "lambda.handler",
    region: "eu-west-3",
    memoryMb: 128,
    timeoutSeconds: 20,
    environment: {},
    credentials: () => ({
      accessKeyId: "ASIAEXAMPLE",
      secretAccessKey: "secret",
      sessionToken: "session",
    }),
    network: { hosts: {}, caPem: "" },
    clock,
    onLog: (line) => lines.push(line),
    ...options,
  });
  return { ...lambda, clock, lines, call: async (event) => payloadOf(await lambda.invoke(event)) };
}
