import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";

import { requireOwnVariables } from "./environment-variables.ts";
import { createTraceId } from "./trace-id.ts";
import {
  startExecutionEnvironment,
  type ExecutionEnvironment,
  type Job,
} from "./execution-environment.ts";
import type {
  Invocation,
  InvocationIds,
  LambdaFunctionOptions,
  LoadOutcome,
} from "./invocation.ts";

export interface LambdaFunction {
  /**
   * @param event anything that JSON can hold
   * @param ids made here when absent.
   * @throws {TypeError} (rejects) when it cannot.
   */
  readonly invoke: (event: unknown, ids?: InvocationIds) => Promise<Invocation>;
  /**
   * Loads the code of this directory. Once that is done, later invocations run it and those under way finish with the
   * old one. Code that cannot be loaded changes nothing. One call at a time.
   *
   * @throws {Error} (rejects) when there is no such directory.
   */
  readonly redeploy: (codeDirectory: string) => Promise<LoadOutcome>;
  /** Ends everything, invocations under way included. */
  readonly close: () => Promise<void>;
}

interface WaitingJob extends Job {
  readonly answer: (invocation: Invocation) => void;
}

/**
 * Runs a bundle as Lambda would: under AWS's own runtime client, in processes that share nothing with this one.
 * One environment is loaded ahead; others are started when they are needed.
 *
 * @throws {TypeError} for variables that Lambda refuses.
 */
export async function createLambdaFunction(
  options: LambdaFunctionOptions,
): Promise<LambdaFunction> {
  requireOwnVariables(options.environment);
  const { maxEnvironments = 4, concurrency = 1000 } = options;
  const waiting: WaitingJob[] = [];
  /** Everything that has not been cleared away. */
  const environments = new Set<ExecutionEnvironment>();
  /** Those that hold the latest code that could be loaded. */
  let current = new Set<ExecutionEnvironment>();
  /** Those that end as soon as they are free. */
  const outdated = new Set<ExecutionEnvironment>();
  let taskRoot = await realpath(options.codeDirectory);
  let closed = false;

  function start(directory: string): ExecutionEnvironment {
    const environment = startExecutionEnvironment({
      lambda: options,
      taskRoot: directory,
      onChange: dispatch,
    });
    environments.add(environment);
    void environment.ended.then(() => environments.delete(environment));
    return environment;
  }

  function startCurrent(): ExecutionEnvironment {
    const environment = start(taskRoot);
    current.add(environment);
    return environment;
  }

  function dispatch(): void {
    for (const environment of current) {
      if (environment.state === "ended") current.delete(environment);
    }
    for (const environment of outdated) {
      if (environment.state === "free") environment.end("new code was deployed");
      if (environment.state === "ended") outdated.delete(environment);
    }
    if (closed) return;
    while (waiting.length > 0) {
      const free = [...current].find((environment) => environment.state === "free");
      if (free === undefined && current.size >= maxEnvironments) return;
      const job = waiting.shift();
      if (job !== undefined) void run(free ?? startCurrent(), job);
    }
  }

  async function run(environment: ExecutionEnvironment, job: WaitingJob): Promise<void> {
    const outcome = await environment.run(job);
    if (outcome !== "not-taken") {
      job.answer(outcome);
    } else if (closed) {
      job.answer(closedCrash(job));
    } else {
      waiting.unshift(job);
      dispatch();
    }
  }

  function closedCrash({ requestId }: Job): Invocation {
    return { kind: "crash", requestId, reason: `${options.name} has been stopped` };
  }

  await startCurrent().initialized;

  return {
    invoke(event, ids = { requestId: randomUUID(), traceId: createTraceId(options.clock.now()) }) {
      return new Promise((answer) => {
        const job = { ...ids, eventJson: JSON.stringify(event ?? null), answer };
        if (closed) {
          answer(closedCrash(job));
          return;
        }
        const busy = [...environments].filter(({ state }) => state === "busy").length;
        if (busy + waiting.length >= concurrency) {
          const reason = `${options.name} runs ${concurrency} times at once, which is as often as an account may`;
          answer({ kind: "throttled", requestId: job.requestId, reason });
          return;
        }
        waiting.push(job);
        dispatch();
      });
    },
    async redeploy(codeDirectory) {
      const newTaskRoot = await realpath(codeDirectory);
      if (closed) return { loaded: false, reason: `${options.name} has been stopped` };
      const fresh = start(newTaskRoot);
      const outcome = await fresh.initialized;
      if (!outcome.loaded) return outcome;
      taskRoot = newTaskRoot;
      for (const environment of current) outdated.add(environment);
      current = new Set([fresh]);
      dispatch();
      return outcome;
    },
    async close() {
      closed = true;
      for (const job of waiting.splice(0)) job.answer(closedCrash(job));
      for (const environment of environments) environment.end(`${options.name} has been stopped`);
      await Promise.all([...environments].map((environment) => environment.ended));
    },
  };
}
