import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { createEnvironmentVariables } from "./environment-variables.ts";
import { runtimeClient, startFunctionProcess, type FunctionProcess } from "./function-process.ts";
import { EndedFromOutside } from "./invocation.ts";
import type { Invocation, LambdaFunctionOptions, LoadOutcome } from "./invocation.ts";
import {
  startRuntimeApi,
  type FunctionError,
  type RuntimeApiListener,
  type Work,
} from "./runtime-api.ts";

/** Lambda gives a function this long to load, apart from its own timeout. */
const initTimeoutSeconds = 10;

export interface Job {
  readonly requestId: string;
  readonly traceId: string;
  readonly eventJson: string;
}

/** One process that holds the function's code and works on one invocation at a time. */
export interface ExecutionEnvironment {
  readonly state: "free" | "busy" | "ended";
  /** Resolves when the function's code is loaded, or the environment has ended because it could not be. */
  readonly initialized: Promise<LoadOutcome>;
  /** @returns "not-taken" when the environment ended between two invocations, before it saw this one. */
  run(job: Job): Promise<Invocation | "not-taken">;
  /** Kills the process; a caller that waits for an answer gets this reason. */
  end(reason: string): void;
  /** Resolves when nothing of the environment is left. */
  readonly ended: Promise<unknown>;
}

export interface ExecutionEnvironmentOptions {
  readonly lambda: LambdaFunctionOptions;
  /** Real path of the directory that holds the bundle. */
  readonly taskRoot: string;
  /** Called when the environment is free again and when it has ended. */
  readonly onChange: () => void;
}

interface RunningJob extends Job {
  delivered: boolean;
  answer: ((invocation: Invocation | "not-taken") => void) | undefined;
}

export function startExecutionEnvironment(
  options: ExecutionEnvironmentOptions,
): ExecutionEnvironment {
  const { lambda, taskRoot, onChange } = options;
  let state: ExecutionEnvironment["state"] = "free";
  let job: RunningJob | undefined;
  let deliver: ((work: Work) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let initError: FunctionError | undefined;
  /** Set by the first caller that ends the process. */
  let killed: { because: "timeout" } | { because: "told"; reason: string } | undefined;
  let process: FunctionProcess | undefined;
  let loaded = false;
  let resolveInitialized: ((outcome: LoadOutcome) => void) | undefined;
  const initialized = new Promise<LoadOutcome>((resolve) => {
    resolveInitialized = resolve;
  });

  const listener: RuntimeApiListener = {
    initFailed: (error) => {
      initError = error;
    },
    ready(newDeliver) {
      deliver = newDeliver;
      if (!loaded) {
        loaded = true;
        clearTimeout(timer);
        if (job !== undefined) startTimer();
        resolveInitialized?.({ loaded: true });
      }
      deliverJob();
    },
    responded: (payload) =>
      answerAndFree((requestId) => ({ kind: "response", requestId, payload })),
    failed: (error) =>
      answerAndFree((requestId) => ({ kind: "function-error", requestId, ...error })),
    streaming(contentType, body) {
      if (job !== undefined)
        answer({ kind: "stream", requestId: job.requestId, contentType, body });
    },
    streamed: free,
    whyLost: async () => {
      const reason = await ended;
      return killed === undefined ? new Error(reason) : new EndedFromOutside(reason);
    },
  };

  const ended = live()
    .catch((error: unknown) => `the function's process could not be started: ${String(error)}`)
    .then(finish);

  /** From start to end; resolves with how it ended. */
  async function live(): Promise<string> {
    const temporaryDirectory = await mkdtemp(
      path.join(await realpath(tmpdir()), "gatehouse-lambda-"),
    );
    try {
      const api = await startRuntimeApi(listener);
      try {
        return await runProcess({ host: api.host, port: api.port }, temporaryDirectory);
      } finally {
        await api.close();
      }
    } finally {
      await rm(temporaryDirectory, { recursive: true, force: true });
    }
  }

  async function runProcess(
    runtimeApi: { host: string; port: number },
    temporaryDirectory: string,
  ): Promise<string> {
    if (killed !== undefined) return "";
    const settings = {
      runtimeApi,
      temporaryDirectory,
      ...lambda.network,
      clockOffsetMs: lambda.clock.offsetMs,
    };
    process = startFunctionProcess({
      taskRoot,
      temporaryDirectory,
      memoryMb: lambda.memoryMb,
      environment: createEnvironmentVariables(
        lambda,
        { taskRoot, runtimeDirectory: path.dirname(runtimeClient) },
        settings,
      ),
      onLog: lambda.onLog,
    });
    timer = setTimeout(() => {
      stop({
        because: "told",
        reason: `the function was not loaded within ${initTimeoutSeconds} seconds`,
      });
    }, initTimeoutSeconds * 1000);
    return process.ended;
  }

  function startTimer(): void {
    timer = setTimeout(() => stop({ because: "timeout" }), lambda.timeoutSeconds * 1000);
  }

  function deliverJob(): void {
    // The runtime client asks for more work while the trailers of a failed stream are still under way.
    if (job === undefined || job.delivered || deliver === undefined) return;
    job.delivered = true;
    deliver({
      requestId: job.requestId,
      eventJson: job.eventJson,
      functionArn: lambda.functionArn,
      traceId: job.traceId,
      deadlineMs: lambda.clock.now() + lambda.timeoutSeconds * 1000,
      clockOffsetMs: lambda.clock.offsetMs,
    });
    deliver = undefined;
  }

  function answer(invocation: Invocation | "not-taken"): void {
    job?.answer?.(invocation);
    if (job !== undefined) job.answer = undefined;
  }

  function answerAndFree(toInvocation: (requestId: string) => Invocation): void {
    if (job !== undefined) answer(toInvocation(job.requestId));
    free();
  }

  function free(): void {
    if (state !== "busy") return;
    clearTimeout(timer);
    job = undefined;
    state = "free";
    onChange();
  }

  function stop(cause: NonNullable<typeof killed>): void {
    killed ??= cause;
    state = "ended";
    process?.kill();
  }

  /** @returns the reason, which a response stream that broke off passes on */
  function finish(howItEnded: string): string {
    clearTimeout(timer);
    state = "ended";
    const reason = describe(howItEnded);
    if (job !== undefined) answer(outcomeOf(job, reason));
    resolveInitialized?.({
      loaded: false,
      reason: initError === undefined ? reason : describeError(initError),
    });
    onChange();
    return reason;
  }

  function describe(howItEnded: string): string {
    if (killed?.because === "timeout")
      return `Task timed out after ${lambda.timeoutSeconds} seconds`;
    if (killed?.because === "told") return killed.reason;
    if (initError === undefined) return howItEnded;
    return `the function could not be loaded: ${describeError(initError)}`;
  }

  function outcomeOf(
    { requestId, delivered }: RunningJob,
    reason: string,
  ): Invocation | "not-taken" {
    if (killed?.because === "timeout")
      return { kind: "timeout", requestId, afterSeconds: lambda.timeoutSeconds };
    if (loaded && !delivered && killed === undefined) return "not-taken";
    return { kind: "crash", requestId, reason };
  }

  return {
    get state() {
      return state;
    },
    initialized,
    run(newJob) {
      state = "busy";
      return new Promise((resolve) => {
        job = { ...newJob, delivered: false, answer: resolve };
        if (loaded) startTimer();
        deliverJob();
      });
    },
    end: (reason) => stop({ because: "told", reason }),
    ended,
  };
}

/** Type and message on the first line, then where it was thrown. */
function describeError({ errorType, errorMessage, trace }: FunctionError): string {
  return [`${errorType}: ${errorMessage}`, ...trace.slice(1)].join("\n");
}
