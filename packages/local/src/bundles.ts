import { watch, type FSWatcher } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Snapshot } from "@gatehouse/blueprint/snapshot";
import { buildEdge, writeSettings } from "@gatehouse/edge/build";
import { buildFunctions } from "@gatehouse/functions/build";

const root = join(import.meta.dirname, "../../..");

/** What an edit of leads to a new build. */
const watched = [
  "access.ts",
  "packages/blueprint/src",
  "packages/core/src",
  "packages/edge/src",
  "packages/functions/src",
];

/** An editor writes a file in several steps; they count as one change. */
const settleMs = 50;

/** Directories with the built code, as Lambda would unpack it. */
export interface Bundles {
  readonly edge: string;
  readonly functions: string;
}

export interface BundleStore {
  /** Builds both functions as for deployment. @throws {Error} with the bundler's messages. */
  build(): Promise<Bundles>;
  /** Builds again after each edit; `onBuilt` and `onFailed` are never called at the same time. */
  watch(onBuilt: (bundles: Bundles) => Promise<void>, onFailed: (message: string) => void): void;
  close(): Promise<void>;
}

/** @param snapshot the settings to bake into the guard, made by the local stack. */
export async function createBundleStore(snapshot: Snapshot): Promise<BundleStore> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-"));
  const watchers: FSWatcher[] = [];
  let builds = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();

  const build = async (): Promise<Bundles> => {
    builds += 1;
    const bundles = {
      edge: join(directory, `edge-${builds}`),
      functions: join(directory, `functions-${builds}`),
    };
    await Promise.all(Object.values(bundles).map((path) => mkdir(path)));
    await Promise.all([buildEdge(bundles.edge), buildFunctions(bundles.functions)]);
    await writeSettings(bundles.edge, snapshot);
    return bundles;
  };

  return {
    build,
    watch(onBuilt, onFailed) {
      const rebuild = async (): Promise<void> => {
        try {
          const bundles = await build();
          if (!closed) await onBuilt(bundles);
        } catch (error) {
          if (!closed) onFailed(error instanceof Error ? error.message : String(error));
        }
      };
      const changed = (): void => {
        clearTimeout(timer);
        // One after the other: an edit made during a build gets a build of its own.
        timer = setTimeout(() => {
          working = working.then(rebuild);
        }, settleMs);
      };
      for (const path of watched) {
        watchers.push(
          watch(join(root, path), { recursive: path.endsWith("src") }, (_event, file) => {
            if (file === null || (/\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))) changed();
          }),
        );
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      await working;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
