import { join } from "node:path";

import { type Stage, resolveStage, type StageSettings } from "@sst-gatehouse/blueprint/stages";
import { type AccessRules, defineAccess } from "@sst-gatehouse/core/access";
import {
  createEvaluator,
  evaluateConfig,
  type Evaluation,
  type Evaluator,
  type Question,
  type SourceChange,
} from "@sst-gatehouse/deploy/evaluate-config";

import { accessFile } from "./app-files.ts";

const root = join(import.meta.dirname, "../../../..");

const rules = {
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
  },
} as const;

/** The access rules that these tests evaluate with. */
export const access: AccessRules = defineAccess(rules);

/** A stage as these tests evaluate it. */
export function stageOf(name: string, production: StageSettings = {}): Stage {
  return resolveStage({ default: {}, production }, name);
}

export interface SampleOptions extends Question {
  /** What `stages.ts` says of production. */
  readonly production?: StageSettings | undefined;
  /** The app's; eu-central-1 when left out. */
  readonly region?: string | undefined;
  /** What it says of anna. */
  readonly anna?: StageSettings | undefined;
}

let evaluator: Promise<Evaluator> | undefined;

/**
 * A copy of the project, for all test files that this process runs. It ends with the process; what it leaves in `.cache`
 * is removed by the next one.
 */
export function sharedEvaluator(): Promise<Evaluator> {
  return (evaluator ??= createEvaluator({ root }));
}

const shared = new Map<string, Promise<Evaluation>>();

/**
 * Evaluates the project's own config and the component with a `stages.ts` and an `access.ts` of the tests' own: these two files
 * are an adopter's to write, and whatever they say, the component has to do the same.
 *
 * The same question is answered once: the result is shared and only read.
 */
export function evaluateSample(options: SampleOptions): Promise<Evaluation> {
  const key = JSON.stringify(options);
  const known = shared.get(key) ?? evaluate(options);
  shared.set(key, known);
  return known;
}

async function evaluate(options: SampleOptions): Promise<Evaluation> {
  return (await sharedEvaluator()).evaluate(questionOf(options));
}

/** The same, with nothing that an earlier evaluation has left; the caller disposes of it. */
export function evaluateFresh(options: SampleOptions): Promise<Evaluation> {
  return evaluateConfig({ root, ...questionOf(options) });
}

function questionOf({
  production = {},
  region = "eu-central-1",
  anna = {},
  changes = [],
  ...question
}: SampleOptions): Question {
  const stages = JSON.stringify({ default: {}, anna, production });
  const samples: SourceChange[] = [
    {
      file: "stages.ts",
      content: `import { defineStages } from "@sst-gatehouse/blueprint/stages";
export const app = ${JSON.stringify({ name: "gatehouse", region })} as const;
export const stages = defineStages(${stages});
`,
    },
    accessFile(rules),
  ];
  return { ...question, changes: [...samples, ...changes] };
}
