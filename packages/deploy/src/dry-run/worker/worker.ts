import { type ChildProcess, fork } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { once } from "node:events";
import { dirname, join } from "node:path";

import type { Outcome } from "../engine/outcome.ts";
import { evaluationAccessKeyId } from "../evaluation-access-key.ts";
import { cleanEnvironment } from "../workspace/clean-environment.ts";
import type { Answer, Job, Workshop } from "./job.ts";

export type { Job, Workshop } from "./job.ts";

const timeoutSeconds = 180;
/** Of what a process has printed, for the message when it ends by itself. */
const printedLength = 4000;

export interface Worker {
  /**
   * Evaluates the copy as it is now. One at a time.
   *
   * @throws {Error} (rejects) when the evaluation takes too long, or ends its own process.
   */
  evaluate(job: Job): Promise<Outcome>;
  end(): Promise<void>;
}

/** Evaluates in separate processes, which end with this one, however it ends. */
export function createWorker(workshop: Workshop): Worker {
  let running: Running | undefined;

  async function end(): Promise<void> {
    const child = running?.child;
    running = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.ref();
    child.kill("SIGKILL");
    await ended;
  }

  return {
    async evaluate(job) {
      running ??= await start(workshop);
      const { outcome, isReusable } = await ask(running, job).catch(async (error: unknown) => {
        await end();
        throw error;
      });
      if (!isReusable) await end();
      return outcome;
    },
    end,
  };
}

interface Running {
  readonly child: ChildProcess;
  /** The last of what it has printed. */
  readonly printed: () => string;
}

async function start(workshop: Workshop): Promise<Running> {
  const { project, scratch } = workshop;
  const temporary = join(scratch, "tmp");
  await mkdir(temporary, { recursive: true });
  // oxlint-disable-next-line no-restricted-properties -- next to nothing of it is passed on
  const env = cleanEnvironment(process.env, {
    path: [join(project, "node_modules/.bin"), dirname(process.execPath)],
    network: false,
    environment: {
      HOME: scratch,
      XDG_CONFIG_HOME: scratch,
      TMPDIR: temporary,
      AWS_ACCESS_KEY_ID: evaluationAccessKeyId,
      AWS_SECRET_ACCESS_KEY: "evaluation",
      SST_AWS_ACCESS_KEY_ID: evaluationAccessKeyId,
      SST_AWS_SECRET_ACCESS_KEY: "evaluation",
    },
  });
  const child = fork(join(import.meta.dirname, "main.ts"), [JSON.stringify(workshop)], {
    cwd: project,
    env,
    execArgv: [
      "--disable-warning=ExperimentalWarning",
      "--max-semi-space-size=32",
      // As Node 24 does by itself: without, each of Pulumi's promises costs a call of async_hooks, half of the time.
      "--experimental-async-context-frame",
      // Pulumi takes a trace for each promise; a refusal is told by its message.
      "--stack-trace-limit=0",
    ],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text) => {
      printed = `${printed}${String(text)}`.slice(-printedLength);
    });
    if (stream !== null && "unref" in stream && typeof stream.unref === "function") stream.unref();
  }
  child.channel?.unref();
  return { child, printed: () => printed.trim() };
}

/** Keeps this process alive only while it asks. */
async function ask({ child, printed }: Running, job: Job): Promise<Answer> {
  const answered = new AbortController();
  const { signal } = answered;
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  child.ref();
  try {
    child.send(job);
    const message = once(child, "message", { signal: AbortSignal.any([signal, late]) });
    const ended = once(child, "exit", { signal }).then(() => []);
    const [answer]: Answer[] = await Promise.race([message, ended]);
    if (answer === undefined)
      throw new Error(`The evaluation ended its own process.\n${printed()}`.trim());
    return answer;
  } catch (error) {
    if (!late.aborted) throw error;
    throw new Error(`The evaluation took longer than ${timeoutSeconds} seconds.\n${printed()}`, {
      cause: error,
    });
  } finally {
    answered.abort();
    child.unref();
  }
}
