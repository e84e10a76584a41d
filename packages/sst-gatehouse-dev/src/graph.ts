import { stagesOf } from "@sst-gatehouse/blueprint/gate";
import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import { checkGraph as check, type Violation } from "@sst-gatehouse/deploy/rules";
import { loadProject } from "@sst-gatehouse/local/load-project";

export type { Violation };

export interface GraphToCheck {
  /** The app's folder, or one below it; the working directory when left out. */
  readonly root?: string;
  /** `production` when left out. */
  readonly stage?: string;
}

/**
 * What `gatehouse plan` refuses of an app, for a test: `expect(await checkGraph({ stage: "dev" })).toEqual([])`. SST's
 * components evaluate `sst.config.ts` here; needs no AWS account.
 *
 * @throws {Error} (rejects) with what the config or the gate says when it refuses itself.
 */
export async function checkGraph({
  root: from = process.cwd(),
  stage = "production",
}: GraphToCheck = {}): Promise<readonly Violation[]> {
  const { root, gate } = await loadProject(from);
  const evaluation = await evaluateConfig({ root, stage });
  try {
    return check(evaluation.graph, resolveStage(stagesOf(gate), stage), gate.access);
  } finally {
    await evaluation.dispose();
  }
}
