import { mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";

import { functionCode, type FunctionCode } from "./function-code.ts";
import { sharePlatform } from "./platform-copy.ts";
import { runConfig } from "./run-config.ts";
import { applyChange, type SourceChange } from "../workspace/source-change.ts";
import { copySources } from "../workspace/source-copy.ts";
import type { Graph } from "../graph/graph.ts";
import { installPlatform, type Platform } from "../platform/platform.ts";
import { createScratchDirectory } from "../workspace/scratch-directory.ts";

export type { FunctionCode } from "./function-code.ts";
export type { SourceChange } from "../workspace/source-change.ts";

export interface EvaluateOptions {
  /** The directory with `sst.config.ts`. */
  readonly root: string;
  readonly stage: string;
  /** What `sst dev` would deploy. */
  readonly dev?: boolean;
  /** Parameter Store of the home region as an earlier deploy left it: full names and values. */
  readonly previous?: Readonly<Record<string, string>>;
  /** Edits of the copy that is evaluated, in their order; for tests that show what a change breaks. */
  readonly changes?: readonly SourceChange[];
  /** What evaluates it; the project's own, installed if it is missing, when absent. */
  readonly platform?: Platform;
  /** Tells a person why it takes so long, when the platform has to be installed. */
  readonly print?: (line: string) => void;
}

export interface Evaluation {
  readonly graph: Graph;
  /**
   * The code that a Lambda function would run, byte for byte.
   *
   * @param name logical name of the function, such as `ApiFunction`.
   * @throws {TypeError} (rejects) when the graph has no such function.
   */
  code(name: string): Promise<FunctionCode>;
  /** Removes everything on disk, the code too. */
  dispose(): Promise<void>;
}

/**
 * Finds out what `sst deploy` would register, without AWS: the real SST CLI runs the real config with SST's real
 * components, and only Pulumi's engine and AWS are played.
 *
 * It works on a copy of the project under `.cache`, so it does not disturb a deployment or another evaluation; the
 * project's own `.sst` is read, never written, but for the platform when that is missing. Nothing of this process's
 * environment reaches the config but `PATH`.
 *
 * While it runs, SST's CLI listens on port 13557 or the next free one of all addresses of the machine (`sst-cli/run-sst.ts`).
 *
 * @throws {Error} (rejects) with the config's own message when the config refuses the stage or itself.
 * @throws {TypeError} (rejects) when a change does not apply, or `previous` names something that is no parameter.
 */
export async function evaluateConfig({
  root: givenRoot,
  stage,
  dev = false,
  previous = {},
  changes = [],
  platform: givenPlatform,
  print,
}: EvaluateOptions): Promise<Evaluation> {
  const odd = Object.keys(previous).find((name) => !name.startsWith("/"));
  if (odd !== undefined) throw new TypeError(`previous: ${odd} is no full name of a parameter`);
  const root = await realpath(givenRoot);
  const platform = givenPlatform ?? (await installPlatform(root, print));
  const scratch = await createScratchDirectory(join(root, ".cache"), "evaluation");
  const dispose = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const project = join(scratch, "project");
    await mkdir(project);
    await copySources(root, project);
    for (const change of changes) await applyChange(project, change);
    await sharePlatform(platform, project);
    const { outcome } = await runConfig({
      stage,
      dev,
      platform,
      parameters: previous,
      original: root,
      scratch,
    });
    if (outcome.kind === "refused") throw new Error(outcome.message);
    const { graph, files } = outcome;
    return {
      graph,
      code: (name) => functionCode(graph, files, name, join(scratch, "code")),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
