import { buildFunction } from "./build-function.ts";
import { evaluate } from "./evaluate.ts";
import type { Answer, Job, Workshop } from "./job.ts";
import { startServer } from "./server.ts";

// Evaluates a copied project as often as it is asked to, one job at a time, in a process that nothing else depends on:
// an evaluation changes the directory, the environment and Pulumi's state, and leaves its program in memory.
//
//   node main.ts <workshop as JSON>

const workshop: Workshop = JSON.parse(process.argv[2] ?? "");

process.once("disconnect", () => process.exit(1));

let changed: readonly string[] = [];
const { cli, aws } = await startServer((input) => buildFunction({ ...workshop, changed }, input));
process.env["SST_SERVER"] = cli;
process.env["AWS_ENDPOINT_URL"] = aws;
const environment = { ...process.env };

const tell = (more: object): unknown => Object.assign(process.env, more);
const isSet = (name: string): boolean => process.env[name] !== undefined;

/** Each evaluation leaves some megabytes behind. */
const mostMemoryBytes = 1e9;
/** How long a config that was refused may go on. */
const restMs = 2000;

async function run(job: Job): Promise<void> {
  // The process has nothing left to do when the program has not.
  process.channel?.unref();
  ({ changed } = job);
  const outcome = await evaluate(workshop, job, tell, isSet);
  const isReusable =
    (outcome.kind === "graph" || (await comesToRest())) &&
    process.memoryUsage.rss() < mostMemoryBytes;
  process.channel?.ref();
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  const answer: Answer = { outcome, isReusable };
  process.send?.(answer);
}

/** Whether nothing of a refused config is at work any more. */
function comesToRest(): Promise<boolean> {
  return new Promise((resolve) => {
    const goesOn = (): void => resolve(false);
    process.once("uncaughtException", goesOn);
    process.once("beforeExit", () => {
      process.off("uncaughtException", goesOn);
      resolve(true);
    });
    setTimeout(goesOn, restMs).unref();
  });
}

process.on("message", (job: Job) => void run(job));
