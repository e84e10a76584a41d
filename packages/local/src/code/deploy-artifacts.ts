import { access, cp } from "node:fs/promises";
import { basename, join } from "node:path";

import { backendsOf, firstGate, inPascalCase } from "@sst-gatehouse/blueprint/gate";
import { guardName } from "@sst-gatehouse/blueprint/guard-function";

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
}

/**
 * The code that `sst deploy` would upload, and nothing of the deployment's own: neither its settings nor the environment
 * that SST gives the backend. The guard is the same byte for byte; above the backend's code, SST's bundler writes its
 * helpers for CommonJS in other words (`packages/sst-gatehouse/test/witness.platform.test.ts`).
 *
 * @returns a source that rejects with the config's own message when the config refuses the stage or itself.
 */
export function deployArtifacts({ root, app, stage, print }: DeployArtifactsOptions): CodeSource {
  return async ({ gate, ...into }) => {
    // Loaded only here: a stack that builds from source needs nothing of SST.
    const { evaluateConfig } = await import("@sst-gatehouse/deploy/evaluate-config");
    print(`Evaluating sst.config.ts for stage ${stage} …`);
    const evaluation = await evaluateConfig({ root, stage, print });
    try {
      const guard = await evaluation.code(guardName(app, stage));
      await Promise.all(ownFiles.map((file) => access(join(guard.directory, file))));
      await cp(guard.directory, into.edge, {
        recursive: true,
        filter: (path) => !ownFiles.includes(basename(path)),
      });
      const functions: Record<string, Bundle> = {};
      for (const { name } of backendsOf(gate)) {
        // As the component calls what it makes for a backend.
        const code = await evaluation.code(`${firstGate}${inPascalCase(name)}Function`);
        const directory = join(into.functions, name);
        await cp(code.directory, directory, { recursive: true });
        functions[name] = { directory, handler: code.handler };
      }
      return { edge: { directory: into.edge, handler: guard.handler }, functions };
    } finally {
      await evaluation.dispose();
    }
  };
}
