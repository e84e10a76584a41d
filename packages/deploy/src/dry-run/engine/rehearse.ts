import { AsyncLocalStorage } from "node:async_hooks";

import type { Outcome } from "./outcome.ts";
import { loadPulumi } from "./pulumi-sdk.ts";
import { createRecorder } from "./recorder.ts";
import { withRelativePaths } from "./relative-paths.ts";
import { makeNamesStable } from "./stable-names.ts";

export interface Rehearsal {
  readonly app: string;
  readonly stage: string;
  readonly dev: boolean;
  /** Of the providers, such as `aws:region`. */
  readonly config: Readonly<Record<string, string>>;
  /** Parameter Store as an earlier deploy left it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The directory that is evaluated, and where it was copied from: neither path may occur in the graph. */
  readonly roots: readonly [string, string];
  /** `.sst/platform`, whose Pulumi SDK the program loads too. */
  readonly platform: string;
}

/** A config with SST's components, bundled for Pulumi. */
export interface Program {
  /** What `run()` returned. */
  readonly default: unknown;
  /** What SST made of what `app()` returned. */
  readonly app: { readonly removal: string; readonly protect: boolean };
}

/**
 * Runs a program with Pulumi's engine and AWS played, until this process has nothing left to do. Like Pulumi's own host,
 * it takes a program for finished then, and not before: so nothing else may keep the process busy.
 *
 * A refusal is told at once, when parts of the program may still be at work: the process is of use for another one when
 * it has nothing left to do.
 */
export function rehearse(
  { app, stage, dev, config, parameters, roots, platform }: Rehearsal,
  load: () => Promise<Program>,
): Promise<Outcome> {
  const region = config["aws:region"] ?? "us-east-1";
  const pulumi = loadPulumi(platform);
  const { runtime } = pulumi.sdk;
  makeNamesStable();
  return new Promise((resolve) => {
    const refuse = (error: unknown): void => {
      const message = error instanceof Error ? error.message : String(error);
      resolve({ kind: "refused", message: withRelativePaths(message, roots) });
    };
    const run = async (): Promise<void> => {
      const recorder = createRecorder(pulumi, { app, stage, region, parameters, roots });
      const inItsState = AsyncLocalStorage.snapshot();
      let ended: Program["app"] | undefined;
      // A promise that fails and that nobody waits for ends here too, as it fails a deployment.
      process.on("uncaughtException", refuse);
      process.once("beforeExit", () => {
        process.off("uncaughtException", refuse);
        recorder.release();
        // What waits for something that never comes is not in the graph, and nobody would miss it.
        if (ended === undefined || inItsState(pulumi.isWaiting))
          return refuse("The config never finished: it waits for something that never happens.");
        const { removal, protect } = ended;
        const { _protect, ...outputs } = recorder.outputs();
        const [lookups, resources] = [recorder.lookups(), recorder.resources()];
        const about = { app, stage, dev, removal, protect, region };
        const graph = {
          ...about,
          awsProvider: recorder.awsProvider(),
          outputs,
          lookups,
          resources,
        };
        resolve({ kind: "graph", graph, files: recorder.files() });
      });
      await runtime.setMocks(recorder.mocks, app, stage, false, "organization");
      runtime.setAllConfig(config);
      const running = { app: { removal: "", protect: false } };
      await runtime.runInPulumiStack(async () => {
        const program = await load();
        running.app = program.app;
        return program.default;
      });
      ended = running.app;
    };
    pulumi.isolated(run).catch(refuse);
  });
}
