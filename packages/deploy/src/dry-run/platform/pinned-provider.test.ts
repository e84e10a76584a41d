import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { awsProviderVersion } from "@sst-gatehouse/blueprint/aws-provider";
import { expect, test } from "vitest";

import { pinnedProvider } from "./pinned-provider.ts";

const pinned: [how: string, config: string][] = [
  ["on one line", 'providers: { aws: { version: "6.70.1", region: app.region } }'],
  ["after other settings", 'aws: {\n  region,\n  // why\n  version: "6.70.1",\n}'],
  ["next to another provider", 'random: { version: "4.1.0" }, aws: { version: "6.70.1" }'],
  ["in other quotes", "aws: { version: '6.70.1' }"],
  ["alone", "providers: { cloudflare: '5.0.0', aws: '6.70.1' }"],
  ["after tags", 'aws: { defaultTags: { tags: { team: "a" } }, version: "6.70.1" } }'],
  ["in place of Gatehouse's", '...(await gatehouseApp(of)), aws: { version: "6.70.1" }'],
];

test.each(pinned)("finds the version %s", (_how, config) => {
  expect(pinnedProvider(config)).toBe("6.70.1");
});

test("takes Gatehouse's where gatehouseApp says the app", async () => {
  const config = join(import.meta.dirname, "../../../../../sst.config.ts");
  expect(pinnedProvider(await readFile(config, "utf8"))).toBe(awsProviderVersion);
});

const missing: [what: string, config: string][] = [
  ["nothing", 'providers: { aws: { region: "eu-west-1" } }'],
  ["another provider's version", 'aws: { region: "x" }, random: { version: "4.1.0" }'],
  [
    "what its tags say",
    'aws: { defaultTags: { tags: { version: "1.2.3" } } }, x: { version: "1.2.3" }',
  ],
  ["a range", 'aws: { version: "^6.83.4" }'],
  ["Gatehouse's app for SST 4", "return gatehouseApp({ sst: 4, stage, gate });"],
];

test.each(missing)("leaves it to SST when there is %s", (_what, config) => {
  expect(pinnedProvider(config)).toBeUndefined();
});
