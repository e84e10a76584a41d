import type { Evaluation, SourceChange } from "@sst-gatehouse/deploy/evaluate-config";

import { accessFile, addedFiles, gateFile } from "./app-files.ts";
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
export function evaluateSite({
  site: own = {},
  rules: access = rules,
  backends: functions = backends,
  built: files = built,
  changes = [],
}: SiteSample = {}): Promise<Evaluation> {
  return evaluateSample({
    stage: "anna",
    changes: [
      accessFile({ scopes: ["api/read"], rules: access }),
      gateFile({ site: { ...site, ...own }, backends: functions }),
      ...addedFiles(files),
      ...changes,
    ],
  });
}
