import type { Evaluation, SourceChange } from "@sst-gatehouse/deploy/evaluate-config";

import { accessFile, addedFiles, configFile, gateFile } from "./app-files.ts";
import { evaluateSample, type SampleOptions } from "./sample.ts";

export const rules = {
  "/": "anyone",
  "/assets/*": "anyone",
  "/api/*": "signed-in",
} as const;
export const backends = {
  api: { handler: "packages/functions/src/lambda.handler", paths: ["/api/*"] },
};
export const site = {
  component: "StaticSite",
  path: "web",
  build: { command: "npm run build", output: "built" },
} as const;

/** A gate on an app's own StaticSite, as a test says it. */
export interface StaticSiteSample extends Omit<SampleOptions, "stage" | "changes"> {
  readonly site?: object;
  readonly rules?: Readonly<Record<string, "anyone" | "signed-in">>;
  readonly backends?: object;
  /** What `run()` does with `gate`, `args` being what the gate hands over. */
  readonly run?: string;
  /** Built files, by their paths. */
  readonly built?: Readonly<Record<string, string>>;
  readonly stage?: string;
  readonly changes?: readonly SourceChange[];
}

/** The built files of most tests. */
export const built = {
  "web/built/index.html": "<!doctype html>",
  "web/built/assets/app-3f2a.js": "export {};",
};

export const run =
  'return new Gatehouse("Gate", { ...gate, staticSite: (args) => new sst.aws.StaticSite("Web", args) }).outputs;';

/** The stage anna of such an app. */
export function evaluateStaticSite({
  site: own = {},
  rules: access = rules,
  backends: functions = backends,
  run: program = run,
  built: files = built,
  stage = "anna",
  changes = [],
  ...options
}: StaticSiteSample = {}): Promise<Evaluation> {
  return evaluateSample({
    ...options,
    stage,
    changes: [
      accessFile({ scopes: ["api/read"], rules: access }),
      gateFile({ site: { ...site, ...own }, backends: functions }),
      configFile(program),
      ...addedFiles(files),
      ...changes,
    ],
  });
}
