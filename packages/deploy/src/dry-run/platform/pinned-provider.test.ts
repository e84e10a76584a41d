import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { pinnedProvider } from "./pinned-provider.ts";

const pinned: [how: string, config: string][] = [
  ["on one line", 'providers: { aws: { version: "6.83.4", region: app.region } }'],
  ["after other settings", 'aws: {\n  region,\n  // why\n  version: "6.83.4",\n}'],
  ["next to another provider", 'random: { version: "4.1.0" }, aws: { version: "6.83.4" }'],
];

test.each(pinned)("finds the version %s", (_how, config) => {
  expect(pinnedProvider(config)).toBe("6.83.4");
});

test("finds it in the project's own config", async () => {
  const config = join(import.meta.dirname, "../../../../../sst.config.ts");
  expect(pinnedProvider(await readFile(config, "utf8"))).toMatch(/^\d+\.\d+\.\d+$/);
});

const missing: [what: string, config: string][] = [
  ["nothing", 'providers: { aws: { region: "eu-west-1" } }'],
  ["another provider's version", 'aws: { region: "x" }, random: { version: "4.1.0" }'],
  ["a range", 'aws: { version: "^6.83.4" }'],
  ["a variable", "aws: { version: awsVersion }"],
];

test.each(missing)("asks for a version when there is %s", (_what, config) => {
  expect(() => pinnedProvider(config)).toThrow('aws: { version: "6.83.4" }');
});
