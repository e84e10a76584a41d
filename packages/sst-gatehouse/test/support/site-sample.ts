import type { Evaluation, SourceChange } from "@sst-gatehouse/deploy/evaluate-config";

import { evaluateSample } from "./sample.ts";

export const rules = {
  "/assets/*": "anyone",
  "/welcome.html": "anyone",
  "/*": "signed-in",
} as const;
export const backends = {
  api: { handler: "packages/functions/src/lambda.handler", paths: ["/api/*"] },
};

/** A gate with a front end, as a test says it. */
export interface SiteSample {
  readonly site?: object;
  readonly rules?: Readonly<Record<string, "anyone" | "signed-in">>;
  readonly backends?: object;
  /** Built files, by their paths. */
  readonly built?: Readonly<Record<string, string>>;
  readonly changes?: readonly SourceChange[];
}

/** The built files of most tests; the folder is one that no sources of this repository have. */
const built = {
  "web/built/index.html": "<!doctype html>",
  "web/built/welcome.html": "<!doctype html>",
  "web/built/favicon.ico": "icon",
  "web/built/assets/app-3f2a.js": "export {};",
  "web/built/api/hidden.json": "{}",
};

export const site = { path: "web/built", fallback: "index.html" };

/** The stage anna of a gate with a front end. */
export function evaluateSite(sample: SiteSample = {}): Promise<Evaluation> {
  const access = { scopes: ["api/read"], rules: sample.rules ?? rules };
  const changes: SourceChange[] = [
    {
      file: "access.ts",
      content: `import { defineAccess } from "sst-gatehouse";
export const access = defineAccess(${JSON.stringify(access)});
`,
    },
    {
      file: "gate.ts",
      content: `import { defineGate } from "sst-gatehouse";
import { access } from "./access.ts";
import { app, stages } from "./stages.ts";
export const gate = defineGate({ app, access, stages, site: ${JSON.stringify({ ...site, ...sample.site })}, backends: ${JSON.stringify(sample.backends ?? backends)} });
`,
    },
    ...Object.entries(sample.built ?? built).map(([file, added]) => ({ file, added })),
    ...(sample.changes ?? []),
  ];
  return evaluateSample({ stage: "anna", changes });
}
