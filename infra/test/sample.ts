import { join } from "node:path";

import { type Stage, resolveStage, type StageSettings } from "@sst-gatehouse/blueprint/stages";
import { type AccessRules, defineAccess } from "@sst-gatehouse/core/access";
import {
  evaluateConfig,
  type EvaluateOptions,
  type Evaluation,
  type SourceChange,
} from "@sst-gatehouse/deploy/evaluate-config";

const root = join(import.meta.dirname, "../..");

const app = { name: "gatehouse", region: "eu-central-1" };
const rules = {
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
  },
} as const;

/** The access rules that the tests of infra evaluate with. */
export const access: AccessRules = defineAccess(rules);

/** A stage as the tests of infra evaluate it. */
export function stageOf(name: string, production: StageSettings = {}): Stage {
  return resolveStage({ default: {}, production }, name);
}

export interface SampleOptions extends Omit<EvaluateOptions, "root"> {
  /** What `stages.ts` says of production. */
  readonly production?: StageSettings | undefined;
}

/**
 * Evaluates the project's own config and infra with a `stages.ts` and an `access.ts` of the tests' own: these two files
 * are an adopter's to write, and whatever they say, infra has to do the same.
 */
export function evaluateSample({
  production = {},
  changes = [],
  ...options
}: SampleOptions): Promise<Evaluation> {
  const stages = JSON.stringify({ default: {}, production });
  const samples: SourceChange[] = [
    {
      file: "stages.ts",
      content: `import { defineStages } from "@sst-gatehouse/blueprint/stages";
export const app = ${JSON.stringify(app)} as const;
export const stages = defineStages(${stages});
`,
    },
    {
      file: "access.ts",
      content: `import { defineAccess } from "@sst-gatehouse/core/access";
export const access = defineAccess(${JSON.stringify(rules)});
`,
    },
  ];
  return evaluateConfig({ root, ...options, changes: [...samples, ...changes] });
}
