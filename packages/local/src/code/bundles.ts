import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkPeopleScopes } from "@sst-gatehouse/blueprint/access-names";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { requireProtect } from "@sst-gatehouse/deploy/require-protect";
import { createScratchDirectory } from "@sst-gatehouse/deploy/scratch-directory";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import { writeAccess, writeSealing, writeSettings } from "@sst-gatehouse/edge/build/guard-data";
import { loadAccess } from "@sst-gatehouse/edge/build/load-access";

import type { Bundles, CodeSource } from "./code-source.ts";
import { watchSources, type SourceWatch } from "./source-watch.ts";

const root = join(import.meta.dirname, "../../../..");

export interface BundleStore {
  /**
   * Gets the code of both functions from its source, with this stack's settings, and the access rules as their file has
   * them now, unless the source has its own rules. Rejects as the source does, and for a mistake in the rules.
   */
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

/**
 * @param settings the guard's settings file, made by the local stack.
 * @param sealing the keys of sessions at the moment.
 * @param accessFile the adopter's `access.ts`.
 */
export async function createBundleStore(
  settings: GuardSettings,
  sealing: () => SealingKeys,
  codeSource: CodeSource,
  accessFile: string,
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
    const { directory: edge } = bundles.edge;
    await writeSettings(edge, settings);
    await writeSealing(edge, sealing());
    // As a deploy refuses it.
    if (settings.revocation.mode === "on" && settings.revocation.checkedBy === "backend")
      await requireProtect(bundles.functions.directory);
    if (!existsSync(join(edge, "access.json"))) {
      const access = await loadAccess(accessFile);
      checkPeopleScopes(access, settings.signIn?.peopleScopes ?? []);
      await writeAccess(edge, access);
    }
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
