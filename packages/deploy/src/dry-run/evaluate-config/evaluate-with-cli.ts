import { mkdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";

import { installPlatform } from "../platform/platform.ts";
import { sharePlatform } from "../platform/share-platform.ts";
import { deployNowhere } from "../sst-cli/deploy-nowhere.ts";
import { createScratchDirectory } from "../workspace/scratch-directory.ts";
import { applyChange } from "../workspace/source-change.ts";
import { copySources } from "../workspace/source-copy.ts";
import type { EvaluateOptions, Evaluation } from "./evaluate-config.ts";
import { functionCode } from "./function-code.ts";

/**
 * Finds out by SST's own CLI what `evaluateConfig` finds out without it: a witness, six times as slow. Pulumi's engine and
 * AWS are played here too.
 *
 * The CLI lets anybody who can reach it run commands, so it runs in an isolated network or not at all.
 *
 * @throws {Error} (rejects) with the config's own message when the config refuses the stage or itself; and where there is
 *   no isolated network is available.
 */
export async function evaluateWithCli({
  root: givenRoot,
  stage,
  dev = false,
  previous: parameters = {},
  changes = [],
  platform: givenPlatform,
  print,
}: EvaluateOptions): Promise<Evaluation> {
  const original = await realpath(givenRoot);
  const platform = givenPlatform ?? (await installPlatform(original, print));
  const { command } = platform;
  const scratch = await createScratchDirectory(join(original, ".cache"), "evaluation");
  const dispose = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const project = join(scratch, "project");
    await mkdir(project);
    await copySources(original, project);
    for (const change of changes) await applyChange(project, change);
    await sharePlatform(platform, project);
    const options = { stage, dev, command, parameters, original, scratch };
    const { outcome } = await deployNowhere(options);
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
