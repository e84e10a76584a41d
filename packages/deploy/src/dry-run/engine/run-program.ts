import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import type { EngineArguments } from "./engine-arguments.ts";
import type { Outcome, StandInSettings } from "./outcome.ts";
import { isOwnServer } from "./own-server.ts";
import { loadPulumi } from "./pulumi-sdk.ts";
import { createRecorder } from "./recorder.ts";
import { withRelativePaths } from "./relative-paths.ts";
import { makeNamesStable } from "./stable-names.ts";

/** What the CLI's bundler calls the object that it puts in the place of `$app`. */
const appVariable = "define_app_default";

/** The program as the CLI bundles it, with `appVariable` exported. */
interface Program {
  /** What `run()` returned. */
  readonly default: unknown;
  /** What the CLI made of what `app()` returned. */
  readonly app: { readonly removal: string; readonly protect: boolean };
}

/**
 * Runs the program that the SST CLI has bundled, with Pulumi's engine and AWS played.
 *
 * @param onEnd is called when the program has failed, or has nothing left to do.
 */
export async function runProgram(
  { root, original, dev, parameters, mark }: StandInSettings,
  { app, stage, config }: EngineArguments,
  serverAddress: string,
  onEnd: (outcome: Outcome) => void,
): Promise<void> {
  const region = config["aws:region"] ?? "us-east-1";
  if (!(await isOwnServer(serverAddress, mark))) return onEnd({ kind: "port-taken" });

  const file = await exportApp(process.cwd());
  const pulumi = loadPulumi(join(root, ".sst/platform"));
  makeNamesStable();
  const roots: readonly [string, string] = [root, original];
  const recorder = createRecorder(pulumi, { app, stage, region, parameters, roots });
  const { runtime } = pulumi.sdk;
  await runtime.setMocks(recorder.mocks, app, stage, false, "organization");
  runtime.setAllConfig(config);

  let ended: Program["app"] | undefined;
  const refuse = (error: unknown): void => {
    const message = messageOf(error);
    onEnd({ kind: "refused", message: withRelativePaths(message, roots) });
  };
  // A promise that fails and that nobody waits for ends here too, as it fails a deployment.
  process.once("uncaughtException", refuse);
  // Pulumi's own host, too, takes a program for finished when nothing is left to do, and not before.
  process.once("beforeExit", () => {
    // What waits for something that never comes is not in the graph, and nobody would miss it.
    if (ended === undefined || pulumi.isWaiting())
      return refuse("The config never finished: it waits for something that does not come.");
    const { removal, protect } = ended;
    const { _protect, ...outputs } = recorder.outputs();
    const [lookups, resources] = [recorder.lookups(), recorder.resources()];
    const graph = { app, stage, dev, removal, protect, region, outputs, lookups, resources };
    onEnd({ kind: "graph", graph, files: recorder.files() });
  });

  const running = { app: { removal: "", protect: false } };
  await runtime.runInPulumiStack(async () => {
    const program: Program = await import(pathToFileURL(file).href);
    running.app = program.app;
    return program.default;
  });
  ended = running.app;
}

/**
 * Lets the program tell what `app()` returned: nothing else that the CLI hands over has all of it.
 *
 * @param directory holds the `Pulumi.yaml` that names the program.
 * @returns the program's path.
 */
async function exportApp(directory: string): Promise<string> {
  const project = await readFile(join(directory, "Pulumi.yaml"), "utf8");
  const [, file] = /^main: (.+)$/m.exec(project) ?? [];
  if (file === undefined) throw new TypeError("Pulumi.yaml names no program");
  await appendFile(file, `\nexport { ${appVariable} as app };\n`);
  return file;
}
