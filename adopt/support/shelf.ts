import { existsSync } from "node:fs";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { inject } from "vitest";

import { root } from "../../repository/package/workspace.ts";
import { emptyFolder, linkPlatform, type Manager, tarball } from "./apps.ts";
import { commands, diffs } from "./page.ts";
import { mustRun } from "./program.ts";

export interface ShelfOptions {
  readonly manager: Manager;
  /** The SST that the app asks for. */
  readonly sst?: string;
  /** A folder with the `.sst` of that SST; this repository's when left out. */
  readonly platformIn?: string;
  /** Whether it has a front end. */
  readonly frontEnd?: boolean;
}

/** The page's app in a folder of its own, before it has a gate, with the packages of Gatehouse added as the page says. */
export async function makeShelf({
  manager,
  sst = "^3.19.3",
  platformIn = root,
  frontEnd = false,
}: ShelfOptions): Promise<string> {
  const app = join(await emptyFolder(), "shelf");
  // pnpm's programs name the folder that they were installed in.
  const kept = manager.name === "npm" ? join(inject("installed"), `sst-${sst}`) : undefined;
  if (kept !== undefined && existsSync(kept)) await copy(kept, app);
  else {
    await install(app, manager, sst);
    if (kept !== undefined) await copy(app, kept);
  }
  if (frontEnd) await addFrontEnd(app);
  await linkPlatform(app, platformIn);
  return app;
}

async function copy(from: string, to: string): Promise<void> {
  await mustRun(root, "cp", "--archive", from, `${to}.part`);
  await rename(`${to}.part`, to);
}

async function install(app: string, manager: Manager, sst: string): Promise<void> {
  await cp(join(import.meta.dirname, "../foreign-app"), app, { recursive: true });
  await edit(app, "package.json", '"sst": "^3.19.3"', `"sst": "${sst}"`);
  await addPackages(app, manager, "", tarball);
}

/**
 * Adds the packages of Gatehouse to an app by the page's commands, or brings them up to date.
 *
 * @param release that the commands name.
 * @param fileOf the tarball of a package, which is taken in place of the registry's.
 */
export async function addPackages(
  app: string,
  manager: Manager,
  release: "" | "@latest",
  fileOf: (name: string) => string,
): Promise<void> {
  for (const command of commands) {
    const [, ...rest] =
      /^npm install (--save-dev )?(sst-gatehouse[\w-]*)(@latest)?$/.exec(command) ?? [];
    const [development, name, named = ""] = rest;
    if (name !== undefined && named === release)
      await mustRun(
        app,
        ...manager.add,
        ...(development === undefined ? [] : ["--save-dev"]),
        `file:${fileOf(name)}`,
      );
  }
}

/** A front end as an app has it that knows nothing of gates: SST's component, which gives it an address of its own. */
async function addFrontEnd(app: string): Promise<void> {
  await cp(join(import.meta.dirname, "../foreign-site"), app, { recursive: true });
  const outputs = "    return { api: api.url };";
  await edit(app, "sst.config.ts", outputs, deployingIt("{ api: api.url"));
}

function deployingIt(outputs: string): string {
  return `    const { web } = await import("./infra/web");\n    return ${outputs}, web: web.url };`;
}

/**
 * Applies a diff of the page.
 *
 * @param more of `git apply`, such as `--reverse`.
 */
export async function apply(
  app: string,
  which: keyof typeof diffs,
  ...more: readonly string[]
): Promise<void> {
  const file = join(app, "adopt.diff");
  await writeFile(file, diffs[which]);
  await mustRun(app, "git", "apply", ...more, file);
  await rm(file);
}

/** The page's first diff, for an app that has a front end: what that adds to `sst.config.ts` stays. */
export async function applyBesideFrontEnd(app: string): Promise<void> {
  await edit(app, "sst.config.ts", deployingIt("{ api: api.url"), "    return { api: api.url };");
  await apply(app, "gate");
  await edit(app, "sst.config.ts", "    return gate.outputs;", deployingIt("{ ...gate.outputs"));
}

/** The AWS provider that the page pins for SST 3. SST 4 brings one: there the page says to leave the line out. */
export const pin = {
  file: "sst.config.ts",
  from: 'aws: { region: "eu-west-1" }',
  to: 'aws: { version: "6.83.4", region: "eu-west-1" }',
} as const;

export async function edit(app: string, file: string, from: string, to: string): Promise<void> {
  const path = join(app, file);
  const before = await readFile(path, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}:\n${before}`);
  await writeFile(
    path,
    before.replace(from, () => to),
  );
}

/** What a deploy of the app's stage `anna` would register. */
export async function evaluated(
  app: string,
  options: Omit<Parameters<typeof evaluateConfig>[0], "root" | "stage"> = {},
): Promise<Graph> {
  const evaluation = await evaluateConfig({ root: app, stage: "anna", ...options });
  await evaluation.dispose();
  return evaluation.graph;
}

/** As much of what `gatehouse plan --json` prints as is used here. */
export interface Planned {
  readonly app: string;
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  }[];
  readonly unchecked: readonly { readonly type: string; readonly name: string }[];
  readonly guard: { readonly version: string; readonly sha256: string };
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly violations: readonly unknown[];
}

/** `npx gatehouse plan --stage anna --json`, which has to find nothing wrong. */
export async function planned(app: string): Promise<Planned> {
  const printed = await mustRun(app, "npx", "gatehouse", "plan", "--stage", "anna", "--json");
  return JSON.parse(printed);
}
