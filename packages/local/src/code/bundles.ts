import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { createScratchDirectory } from "@sst-gatehouse/deploy/scratch-directory";
import { writeSettings } from "@sst-gatehouse/edge/build";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import type { Bundles, CodeSource } from "./code-source.ts";
import { watchSources, type SourceWatch } from "./source-watch.ts";

const root = join(import.meta.dirname, "../../../..");

export interface BundleStore {
  /** Gets the code of both functions from its source, with this stack's settings. Rejects as the source does. */
  build(): Promise<Bundles>;
  /**
   * Builds again after each edit; `onBuilt` and `onFailed` are never called at the same time.
   *
   * @param onBuilt gets what was edited, as paths relative to the repository: since it last resolved to true, and not
   *   only since the build before, which may have failed.
   */
  watch(
    onBuilt: (bundles: Bundles, edited: readonly string[]) => Promise<boolean>,
    onFailed: (message: string) => void,
  ): void;
  close(): Promise<void>;
}

/** @param settings to bake into the guard, made by the local stack. */
export async function createBundleStore(
  settings: GuardSettings,
  codeSource: CodeSource,
): Promise<BundleStore> {
  const directory = await createScratchDirectory(tmpdir(), "gatehouse-stack");
  let watching: SourceWatch | undefined;
  let builds = 0;
  let closed = false;

  const build = async (): Promise<Bundles> => {
    builds += 1;
    const into = {
      edge: join(directory, `edge-${builds}`),
      functions: join(directory, `functions-${builds}`),
    };
    await Promise.all(Object.values(into).map((path) => mkdir(path)));
    const bundles = await codeSource(into);
    await writeSettings(bundles.edge.directory, settings);
    return bundles;
  };

  return {
    build,
    watch(onBuilt, onFailed) {
      watching = watchSources(root, async (edited) => {
        try {
          const bundles = await build();
          return closed || (await onBuilt(bundles, edited));
        } catch (error) {
          if (!closed) onFailed(messageOf(error));
          return false;
        }
      });
    },
    async close() {
      closed = true;
      await watching?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
