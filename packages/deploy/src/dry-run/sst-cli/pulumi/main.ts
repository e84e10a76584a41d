import { openSync, mkdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Outcome } from "../../engine/outcome.ts";
import { rehearse } from "../../engine/rehearse.ts";
import { parseEngineArguments, parseStackName } from "./engine-arguments.ts";
import { loadProgram } from "./load-program.ts";
import type { StandInSettings } from "./settings.ts";

// Stands in for the `pulumi` executable that the SST CLI starts: `stack init`, and `up`. It runs the program that the
// CLI has bundled from sst.config.ts, and writes down what would be deployed.
//
//   node main.ts <settings file> <arguments of pulumi>

const [settingsFile = "", command, ...args] = process.argv.slice(2);
const parent = process.ppid;

// The CLI starts it detached: it has to notice by itself when nobody waits for it any more.
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 500).unref();

switch (command) {
  case "stack":
    initStack(args.at(-1) ?? "");
    break;
  case "up":
    await up();
    break;
  default:
    throw new TypeError(`The stand-in for pulumi has no command ${String(command)}`);
}

/** An empty state, as `pulumi stack init` leaves it where it is told to keep its states. */
function initStack(name: string): void {
  const { app, stage } = parseStackName(name);
  const backend = fileURLToPath(environment("PULUMI_BACKEND_URL"));
  const file = join(backend, ".pulumi/stacks", app, `${stage}.json`);
  const latest = {
    manifest: { time: "2000-01-01T00:00:00Z", magic: "", version: "" },
    resources: [],
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { stack: name, latest } }));
}

async function up(): Promise<void> {
  const settings: StandInSettings = JSON.parse(readFileSync(settingsFile, "utf8"));
  const engine = parseEngineArguments(args);
  const { app, stage, eventLog, config } = engine;
  const { root, original, dev, parameters } = settings;
  // Loading it changes the directory.
  const directory = process.cwd();
  const outcome = await rehearse(
    {
      app,
      stage,
      dev,
      config,
      parameters,
      roots: [root, original],
      platform: join(root, ".sst/platform"),
    },
    () => loadProgram(directory),
  );
  writeFileSync(settings.outcome, JSON.stringify(outcome));
  reportTo(eventLog, outcome);
  process.exit(outcome.kind === "graph" ? 0 : 1);
}

/** The CLI reads there how it went. */
function reportTo(eventLog: string, outcome: Outcome): void {
  const log = openSync(eventLog, "a");
  const report = (event: object): number =>
    writeSync(log, `${JSON.stringify({ sequence: 0, timestamp: 0, ...event })}\n`);
  if (outcome.kind === "refused")
    report({ diagnosticEvent: { message: outcome.message, color: "never", severity: "error" } });
  report({ summaryEvent: { maybeCorrupt: false, durationSeconds: 0, resourceChanges: {} } });
}

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new TypeError(`The SST CLI starts pulumi without ${name}`);
  return value;
}
