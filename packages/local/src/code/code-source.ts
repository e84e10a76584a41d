import { join } from "node:path";

import { backendsOf, type Gate } from "@sst-gatehouse/blueprint/gate";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";

import { buildHandler } from "./build-handler.ts";
import { guardCode } from "./guard-code.ts";
import { standInFor } from "./stand-in.ts";

/** Code of one function, as Lambda would unpack it. */
export interface Bundle {
  readonly directory: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
  /** What a deployment gives the function, and the gate does not. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether its answers leave whole, whatever the stage says. */
  readonly buffered?: boolean;
  /** Whether it stands for a function whose code is not here. */
  readonly standIn?: true;
}

/** The code of the guard and of the backends, by their names. */
export interface Bundles {
  readonly edge: Bundle;
  readonly functions: Readonly<Record<string, Bundle>>;
}

export interface Build {
  /** Two empty directories. */
  readonly edge: string;
  /** For a folder of each backend, or for the only one. */
  readonly functions: string;
  readonly gate: Gate;
  /** Gets the absolute paths of what was read. */
  readonly reads: Set<string>;
}

/**
 * Puts the code of the guard and of the backends into directories. The guard's settings are added to its directory
 * afterwards, and the access rules too where the source leaves no `access.json`: a deployment's code comes with its
 * own.
 */
export type CodeSource = (build: Build) => Promise<Bundles>;

/**
 * Builds the backends from their sources as they are deployed, and takes or builds the guard.
 *
 * @param root the folder with `sst.config.ts`.
 * @returns a source that rejects with the bundler's messages, or saying which handler there is not.
 */
export function builtFromSource(root: string): CodeSource {
  return async ({ edge, functions, gate, reads }) => {
    const built: Record<string, Bundle> = {};
    const building = [
      guardCode(root, edge, reads),
      ...backendsOf(gate).map(async ({ name, handler }) => {
        const into = join(functions, name);
        built[name] =
          handler === undefined
            ? await standInFor(name, into)
            : await buildHandler({ root, name, handler }, into, reads);
      }),
    ];
    // One failure waits for the others: they still write, and note what they read.
    await Promise.allSettled(building);
    await Promise.all(building);
    return { edge: { directory: edge, handler: guardFunction.handler }, functions: built };
  };
}
