import { matchesGlob } from "node:path";
import { join } from "node:path";

import { expect, test } from "vitest";
import type { TestProjectConfiguration, ViteUserConfig } from "vitest/config";

import adopt from "../adopt/vitest.config.ts";
import { sourcesIn } from "../acceptance/support/import-graph.ts";
import attack from "../packages/attack/test/vitest.config.ts";
import mcp from "../packages/mcp/test/vitest.config.ts";
import all from "../vitest.config.ts";

const root = join(import.meta.dirname, "..");
const files = ["packages", "acceptance", "adopt", "repository"].flatMap((folder) =>
  sourcesIn(root, folder),
);

/** What a config has a run of; of one with projects, what each of them has. */
function runBy({ test: options }: ViteUserConfig): readonly string[] {
  const projects: readonly TestProjectConfiguration[] = options?.projects ?? [
    { test: options ?? {} },
  ];
  return projects.flatMap((project) => {
    if (typeof project !== "object" || !("test" in project)) throw new TypeError("not read here");
    const { include = [], exclude = [] } = project.test ?? {};
    const has = (globs: readonly string[], file: string) =>
      globs.some((glob) => matchesGlob(file, glob));
    return files.filter((file) => has(include, file) && !has(exclude, file));
  });
}

test.each([
  ["pnpm test", [all, adopt], /\.test\.tsx?$/],
  ["pnpm test:attack", [attack], /\.attack\.ts$/],
  ["pnpm test:adopt", [adopt], /\.adopt\.ts$/],
  ["pnpm test:mcp", [mcp], /\.mcp\.ts$/],
] as const)("%s runs every file that is named for it", (_command, configs, name) => {
  // A template and the foreign app bring tests of their own.
  const named = files.filter(
    (file) => name.test(file) && !/\/(?:templates|foreign-app)\//.test(file),
  );
  expect(named.length).toBeGreaterThan(1);
  const run = new Set<string>(configs.flatMap(runBy));
  expect(named.filter((file) => !run.has(file))).toEqual([]);
});
