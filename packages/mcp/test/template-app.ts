import { mkdirSync, symlinkSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { LocalSettings } from "@sst-gatehouse/blueprint/gate";
import type { StageChanges } from "@sst-gatehouse/local/deployment";
import { loadProject } from "@sst-gatehouse/local/load-project";
import { startStack, type Stack } from "@sst-gatehouse/local/stack";

import { createApp } from "create-sst-gatehouse/create-app";

const packages = join(import.meta.dirname, "../..");

/** What the template's manifest asks for, as this repository has it. */
const installed = {
  "@modelcontextprotocol/server": join(packages, "mcp/node_modules/@modelcontextprotocol/server"),
  hono: join(packages, "mcp/node_modules/hono"),
  "sst-gatehouse": join(packages, "sst-gatehouse"),
  zod: join(packages, "mcp/node_modules/zod"),
};

export interface TemplateApp extends Stack {
  /** What `gatehouse start` would have shown in the terminal so far. */
  readonly lines: readonly string[];
}

/**
 * An app made of the template `mcp`, behind its gate on this machine.
 *
 * @param changes.stage what its stage has beside what the template says.
 * @param changes.local what its `gate.ts` says of this machine.
 * @param changes.edit what somebody has done to the app's files.
 */
export async function startTemplateApp(
  changes: {
    readonly stage?: StageChanges;
    readonly local?: LocalSettings;
    readonly edit?: (folder: string) => Promise<void>;
  } = {},
): Promise<TemplateApp> {
  const folder = join(await realpath(await mkdtemp(join(tmpdir(), "gatehouse-mcp-"))), "notes");
  await createApp({ template: join(packages, "create-sst-gatehouse/templates/mcp"), folder });
  for (const [name, from] of Object.entries(installed)) {
    const to = join(folder, "node_modules", name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
  await changes.edit?.(folder);
  const lines: string[] = [];
  const project = await loadProject(folder);
  const { local } = changes;
  const stack = await startStack({
    project: local === undefined ? project : { ...project, gate: { ...project.gate, local } },
    port: 0,
    ...(changes.stage !== undefined && { stage: changes.stage }),
    explain: (from, reason, details = []) => lines.push(`${from}: ${reason}`, ...details),
  });
  return {
    ...stack,
    lines,
    async close() {
      await stack.close();
      await rm(dirname(folder), { recursive: true, force: true });
    },
  };
}
