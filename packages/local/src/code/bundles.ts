import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { checkAccessNames, checkPeopleScopes } from "@sst-gatehouse/blueprint/access-names";
import type { Gate } from "@sst-gatehouse/blueprint/gate";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { Project } from "@sst-gatehouse/blueprint/project";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { requireProtect } from "@sst-gatehouse/deploy/require-protect";
import { createScratchDirectory } from "@sst-gatehouse/deploy/scratch-directory";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import { writeAccess, writeSealing, writeSettings } from "@sst-gatehouse/edge/build/guard-data";

import type { Bundles, CodeSource } from "./code-source.ts";
import { loadGate } from "./load-project.ts";
import { type MissingLink, missingLinks } from "./missing-links.ts";
import { watchSources, type SourceWatch } from "./source-watch.ts";

/** The code, and the gate that it was built for. */
export interface Built extends Bundles {
  readonly gate: Gate;
  readonly missingLinks: readonly MissingLink[];
}

export interface BundleStore {
  /**
   * Gets the code of guard and backends from its source, with this stack's settings and the gate's access rules, unless
   * the source has its own rules. Rejects as the source does, and for a mistake in the rules.
   */
  build(): Promise<Built>;
  /**
   * Builds again, from the gate as its files are then, after each edit of what was read; `onBuilt` and `onFailed` are
   * never called at the same time.
   *
   * @param onBuilt gets what was edited, as paths relative to the app's root: since it last resolved to true, and not
   *   only since the build before, which may have failed.
   * @param onUnwatched is called once, when the system watches no more folders.
   */
  watch(
    onBuilt: (built: Built, edited: readonly string[]) => Promise<boolean>,
    onFailed: (message: string) => void,
    onUnwatched: (reason: string) => void,
  ): void;
  close(): Promise<void>;
}

export interface BundleStoreOptions {
  readonly project: Project;
  readonly codeSource: CodeSource;
  /** The guard's settings file, made by the local stack. */
  readonly settings: GuardSettings;
  /** The keys of sessions at the moment. */
  readonly sealing: () => SealingKeys;
  /** Whether `gate.ts` is read for each build, so that edits of it count. The project's gate is taken otherwise. */
  readonly watched: boolean;
}

export async function createBundleStore({
  project,
  codeSource,
  settings,
  sealing,
  watched,
}: BundleStoreOptions): Promise<BundleStore> {
  const directory = await createScratchDirectory(tmpdir(), "gatehouse-stack");
  let watching: SourceWatch | undefined;
  let reads: ReadonlySet<string> = new Set();
  let builds = 0;
  let closed = false;

  const build = async (): Promise<Built> => {
    builds += 1;
    const into = {
      edge: join(directory, `edge-${builds}`),
      functions: join(directory, `functions-${builds}`),
    };
    const read = new Set<string>();
    try {
      await Promise.all(Object.values(into).map((path) => mkdir(path)));
      const gate = watched ? await loadGate(project.root, read) : project.gate;
      const bundles = await codeSource({ ...into, gate, reads: read });
      const { directory: edge } = bundles.edge;
      await writeSettings(edge, settings);
      await writeSealing(edge, sealing());
      // As a deploy refuses it.
      if (settings.revocation.mode === "on" && settings.revocation.checkedBy === "backend")
        for (const backend of Object.values(bundles.functions))
          if (backend.standIn === undefined) await requireProtect(backend.directory);
      if (!existsSync(join(edge, "access.json"))) {
        checkAccessNames(gate.access);
        checkPeopleScopes(gate.access, settings.signIn?.peopleScopes ?? []);
        await writeAccess(edge, JSON.parse(JSON.stringify(gate.access)));
      }
      reads = read;
      return { ...bundles, gate, missingLinks: await missingLinks(project.root, read, gate) };
    } catch (error) {
      // What mends it may lie where the last good build read, or where this one did.
      reads = new Set([...reads, ...read]);
      throw error;
    }
  };

  return {
    build,
    watch(onBuilt, onFailed, onUnwatched) {
      const rebuild = async (edited: readonly string[]): Promise<boolean> => {
        try {
          const built = await build();
          watching?.follow(reads, "these");
          return closed || (await onBuilt(built, edited));
        } catch (error) {
          watching?.follow(reads, "new ones too");
          if (!closed) onFailed(messageOf(error));
          return false;
        }
      };
      watching = watchSources(project.root, rebuild, onUnwatched);
      watching.follow(reads, "these");
    },
    async close() {
      closed = true;
      await watching?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
