import type { Evaluation, SourceChange } from "@sst-gatehouse/deploy/evaluate-config";

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
      {
        file: "access.ts",
        content: `import { defineAccess } from "sst-gatehouse";
export const access = defineAccess(${JSON.stringify({ scopes: ["api/read"], rules: access })});
`,
      },
      {
        file: "gate.ts",
        content: `import { defineGate } from "sst-gatehouse";
import { access } from "./access.ts";
import { app, stages } from "./stages.ts";
export const gate = defineGate({ app, access, stages, site: ${JSON.stringify({ ...site, ...own })}, backends: ${JSON.stringify(functions)} });
`,
      },
      {
        file: "sst.config.ts",
        content: `export default $config({
  async app({ stage }) {
    const { gatehouseApp } = await import("sst-gatehouse/app");
    return gatehouseApp({ stage, gate: import("./gate.ts") });
  },
  async run() {
    const { Gatehouse } = await import("sst-gatehouse/sst");
    const { gate } = await import("./gate.ts");
    ${program}
  },
});
`,
      },
      ...Object.entries(files).map(([file, added]) => ({ file, added })),
      ...changes,
    ],
  });
}
