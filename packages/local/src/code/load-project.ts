import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { defineGate, type Gate } from "@sst-gatehouse/blueprint/gate";
import type { Project } from "@sst-gatehouse/blueprint/project";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import { build } from "esbuild";

import { recordReads } from "./record-reads.ts";

const example = "export const gate = defineGate({ app, access, backends })";

/**
 * The app that a command is run in.
 *
 * @param from the working directory.
 * @throws {Error} (rejects) that says what is missing, or with what `gate.ts` or a file that it imports says of itself.
 */
export async function loadProject(from: string): Promise<Project> {
  const root = findRoot(from);
  return { root, gate: await loadGate(root) };
}

/** The next folder upwards with `sst.config.ts`. */
function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "sst.config.ts"))) return folder;
    if (folder === dirname(folder))
      throw new Error(
        `There is no sst.config.ts in ${from} or above it. Run this in the folder of an SST app.`,
      );
  }
}

/**
 * What `gate.ts` says now: an edit of it, or of a file that it imports, is seen. It is bundled first, so that it may be
 * written as any TypeScript of the app is, whichever Node runs this.
 *
 * @param reads gets the paths of what was read.
 * @throws {Error} (rejects) with esbuild's messages, with what a file throws, or saying what is missing.
 */
export async function loadGate(root: string, reads = new Set<string>()): Promise<Gate> {
  const file = join(root, "gate.ts");
  if (!existsSync(file))
    throw new Error(
      `There is no gate.ts in ${root}, beside sst.config.ts. It says what the gate of the app is: ${example}`,
    );
  const { outputFiles } = await build({
    entryPoints: [file],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    // What CommonJS packages expect to find; a module without a file cannot make it from its own address.
    banner: {
      js: `import { createRequire as createRequireOfGate } from "node:module";
const require = createRequireOfGate(${JSON.stringify(file)});`,
    },
    write: false,
    logLevel: "silent",
    plugins: [recordReads(reads)],
  }).catch((error: unknown) => {
    throw /Could not resolve "sst-gatehouse"/.test(messageOf(error))
      ? new Error(
          `The package sst-gatehouse is not installed in ${root}: npm install sst-gatehouse`,
        )
      : error;
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array(0);
  const loaded: { gate?: Gate } = await import(
    `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
  ).catch((error: unknown) => {
    throw namingItsFile(error);
  });
  if (loaded.gate === undefined) throw new TypeError(`${file} exports no gate: ${example}`);
  return defineGate(loaded.gate);
}

/** What Gatehouse's own functions throw says where the mistake is; the words of everything else do not. */
function namingItsFile(error: unknown): unknown {
  const message = messageOf(error);
  if (/^(?:gate|access|stages?)\b/.test(message)) return error;
  const why = /^(?:\$\w+|sst|aws) is not defined$/.test(message)
    ? ". gate.ts is read without SST as well, by start for example: what belongs to sst.config.ts cannot be in a file that it imports"
    : "";
  return new Error(`gate.ts, or a file that it imports, throws: ${message}${why}`, {
    cause: error,
  });
}
