import { evaluate } from "./evaluate.ts";
import type { Job, Workshop } from "./job.ts";
import { startServer } from "./server.ts";

// Evaluates a copied project as often as it is asked to, one job at a time, in a process that nothing else depends on:
// an evaluation changes the directory, the environment and Pulumi's state, and leaves its program in memory.
//
//   node main.ts <workshop as JSON>

const workshop: Workshop = JSON.parse(process.argv[2] ?? "");

process.once("disconnect", () => process.exit(1));

const { cli, aws } = await startServer(workshop.project);
process.env["SST_SERVER"] = cli;
process.env["AWS_ENDPOINT_URL"] = aws;
const environment = { ...process.env };

const tell = (more: object): unknown => Object.assign(process.env, more);

async function run(job: Job): Promise<void> {
  // The process has nothing left to do when the program has not.
  process.channel?.unref();
  const outcome = await evaluate(workshop, job, tell);
  process.channel?.ref();
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.send?.(outcome, () => {
    if (outcome.kind === "refused") process.exit(0);
  });
}

process.on("message", (job: Job) => void run(job));
