import { join, matchesGlob } from "node:path";

import { expect, test } from "vitest";
import type { TestProjectConfiguration, ViteUserConfig } from "vitest/config";

import { sourcesIn } from "../acceptance/support/import-graph.ts";

const root = join(import.meta.dirname, "..");
const files = ["packages", "acceptance", "adopt", "repository"].flatMap((folder) =>
  sourcesIn(root, folder),
);

/** What a run with a config has; of one with projects, what each of them has. */
async function runWith(config: string): Promise<readonly string[]> {
  const { default: read }: { default: ViteUserConfig } = await import(join(root, config));
  const { test: options } = read;
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
  [
    "pnpm test, or test:adopt for tarballs,",
    /\.test\.tsx?$/,
    ["vitest.config.ts", "adopt/vitest.config.ts"],
  ],
  ["pnpm test:attack", /\.attack\.ts$/, ["packages/attack/test/vitest.config.ts"]],
  ["pnpm test:adopt", /\.adopt\.ts$/, ["adopt/vitest.config.ts"]],
  ["pnpm test:mcp", /\.mcp\.ts$/, ["packages/mcp/test/vitest.config.ts"]],
])("%s runs every file that is named for it", async (_command, name, configs) => {
  // A template and the foreign app bring tests of their own.
  const named = files.filter(
    (file) => name.test(file) && !/\/(?:templates|foreign-app)\//.test(file),
  );
  expect(named.length).toBeGreaterThan(1);
  const run = new Set((await Promise.all(configs.map(runWith))).flat());
  expect(named.filter((file) => !run.has(file))).toEqual([]);
});
