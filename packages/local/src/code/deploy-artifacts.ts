import { access, cp } from "node:fs/promises";
import { basename, join } from "node:path";

import { backendsOf, firstGate, gateType } from "@sst-gatehouse/blueprint/gate";
import { guardName } from "@sst-gatehouse/blueprint/guard-function";

import type { EvaluateOptions, Evaluation } from "@sst-gatehouse/deploy/evaluate-config";

import { standInFor } from "./stand-in.ts";
import type { Bundle, CodeSource } from "./code-source.ts";

/** What the stack makes itself; everything else stays as a deployment would upload it. */
const ownFiles = ["settings.json", "sealing.json"];

export interface DeployArtifactsOptions {
  /** The directory with `sst.config.ts`. */
  readonly root: string;
  readonly app: string;
  /** The stage whose deployment the code is taken from. */
  readonly stage: string;
  /** Tells a person what takes so long. */
  readonly print: (line: string) => void;
  /** Finds out what a deploy would upload: `evaluateConfig` when absent. */
  readonly evaluate?: (options: EvaluateOptions) => Promise<Evaluation>;
}

/** Loaded only when it is needed: a stack that builds from source needs nothing of SST. */
const evaluateAlone: NonNullable<DeployArtifactsOptions["evaluate"]> = async (options) =>
  (await import("@sst-gatehouse/deploy/evaluate-config")).evaluateConfig(options);

/**
 * The code that `sst deploy` would upload, with the variables that SST gives a backend; of the guard's settings nothing. The
 * guard is the same byte for byte; above the backend's code, SST's bundler writes its
 * helpers for CommonJS in other words (`packages/sst-gatehouse/test/witness.platform.test.ts`).
 *
 * @returns a source that rejects with the config's own message when the config refuses the stage or itself.
 */
export function deployArtifacts({
  root,
  app,
  stage,
  print,
  evaluate = evaluateAlone,
}: DeployArtifactsOptions): CodeSource {
  return async ({ gate, ...into }) => {
    print(`Evaluating sst.config.ts for stage ${stage} …`);
    const evaluation = await evaluate({ root, stage, print });
    try {
      const guard = await evaluation.code(guardName(app, stage));
      await Promise.all(ownFiles.map((file) => access(join(guard.directory, file))));
      await cp(guard.directory, into.edge, {
        recursive: true,
        filter: (path) => !ownFiles.includes(basename(path)),
      });
      const functions: Record<string, Bundle> = {};
      const deployed = deployedFunctions(evaluation.graph);
      for (const { name } of backendsOf(gate)) {
        const directory = join(into.functions, name);
        const found = deployed.get(name);
        if (found === undefined) {
          functions[name] = await standInFor(name, directory);
          continue;
        }
        const { environment, isBuilt, ...code } = await evaluation.code(`${found}Function`);
        if (!isBuilt) {
          functions[name] = await standInFor(
            name,
            directory,
            `The backend ${name} is not for Node.js, so its code does not run on this machine. The guard has let the request through.`,
          );
          continue;
        }
        await cp(code.directory, directory, { recursive: true });
        functions[name] = { ...code, directory, environment: ownVariables(environment) };
      }
      return { edge: { directory: into.edge, handler: guard.handler }, functions };
    } finally {
      await evaluation.dispose();
    }
  };
}

/** Logical names of the app's functions behind the gate, by the backend's name; one that was looked up has none. */
function deployedFunctions(graph: Evaluation["graph"]): ReadonlyMap<string, string> {
  const gate = graph.resources.find(({ type, name }) => type === gateType && name === firstGate);
  const { backends, backendNames } = Object(gate?.outputs);
  const functions: readonly string[] = backends ?? [];
  const names: readonly string[] = backendNames ?? [];
  return new Map(names.map((name, index) => [name, functions[index] ?? ""]));
}

/** Without what the stack gives a function itself, and what is for Lambda's own runtime. */
function ownVariables(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(?:AWS_|GATEHOUSE_|NODE_OPTIONS$)/.test(name),
    ),
  );
}
