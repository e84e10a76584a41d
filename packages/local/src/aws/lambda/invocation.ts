import type { Readable } from "node:stream";

import type { Clock } from "../clock.ts";
import type { Credentials } from "../iam/identities.ts";

export interface LambdaFunctionOptions {
  readonly name: string;
  readonly functionArn: string;
  readonly version: string;
  /** The directory that would be zipped and deployed. */
  readonly codeDirectory: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
  readonly region: string;
  readonly memoryMb: number;
  /** Of the machine's time, whatever the stack's clock does. */
  readonly timeoutSeconds: number;
  /** The function's own variables; none for Lambda@Edge. */
  readonly environment: Readonly<Record<string, string>>;
  /** Those of a new execution environment, which keeps them as long as it lives. */
  readonly credentials: () => Credentials;
  /** A log group of its own; the default one when absent. */
  readonly logGroup?: string;
  /** The only hosts the function reaches: loopback TLS ports by exact name or `*.suffix`. */
  readonly network: { readonly hosts: Readonly<Record<string, number>>; readonly caPem: string };
  readonly clock: Clock;
  /** Takes each line that the function prints. */
  readonly onLog: (line: string) => void;
  /** How many processes there may be at once; further invocations wait for one. Default 4. */
  readonly maxEnvironments?: number;
  /** How many invocations AWS would run at once; one more is throttled. Default 1,000, as in an account. */
  readonly concurrency?: number;
}

/** What an invocation is known by, where its caller says so. */
export interface InvocationIds {
  readonly requestId: string;
  /** `Root=…;Parent=…;Sampled=…` */
  readonly traceId: string;
}

/** A stream's end when its function did not fail by itself, but was ended: at its timeout, or with the stack. */
export class EndedFromOutside extends Error {
  override readonly name = "EndedFromOutside";
}

export type Invocation =
  | { kind: "response"; requestId: string; payload: Buffer }
  /** `body` ends with an error when the function fails in the middle, an {@link EndedFromOutside} when it was ended. */
  | { kind: "stream"; requestId: string; contentType: string; body: Readable }
  | {
      kind: "function-error";
      requestId: string;
      errorType: string;
      errorMessage: string;
      trace: string[];
    }
  | { kind: "timeout"; requestId: string; afterSeconds: number }
  /** Lambda has refused to run it. */
  | { kind: "throttled"; requestId: string; reason: string }
  /** `reason` may have several lines, the last ones from the function's stderr. */
  | { kind: "crash"; requestId: string; reason: string };

/** `reason` may have several lines: the error, then where it was thrown. */
export type LoadOutcome = { loaded: true } | { loaded: false; reason: string };
