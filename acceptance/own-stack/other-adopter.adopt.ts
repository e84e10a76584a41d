import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { readImportGraph, reachOf, sourcesIn } from "../support/import-graph.ts";
import { copyRepository } from "../support/repository-copy.ts";

const repository = join(import.meta.dirname, "../..");

/** As unlike our own as an adopter's files may be. */
const theirs = {
  "access.ts": `import { defineAccess } from "@sst-gatehouse/core/access";

export const access = defineAccess({
  scopes: ["api/bake", "api/deliver.today"],
  rules: {
    "/*": { groups: ["bakers"] },
    "/shop-window/*": "anyone",
    "PUT /oven": { groups: ["bakers", "owners"], scopes: ["api/bake"] },
    "/deliveries/*": { scopes: ["api/deliver.today"] },
  },
});
`,
  "stages.ts": `import { defineStages } from "@sst-gatehouse/blueprint/stages";

export const app = { name: "corner-bakery", region: "ap-southeast-1" } as const;

export const stages = defineStages({
  default: {
    selfSignUp: true,
    peopleScopes: ["api/bake"],
    forwardToken: true,
    revocation: "allow",
    apiTimeoutSeconds: 900,
  },
  local: { corsOrigins: ["https://bakery.example"], apiMemoryMb: 3008 },
  berlin: { revocation: "off", implicitGrant: true },
});
`,
  "gate.ts": `import { defineGate } from "sst-gatehouse";

import { access } from "./access.ts";
import { app, stages } from "./stages.ts";

export const gate = defineGate({
  app,
  access,
  stages,
  backends: {
    oven: { handler: "bakery/oven.onBake", paths: ["/oven*"] },
    shop: { handler: "bakery/shop.onCall" },
  },
});
`,
  ".github/workflows/bake.yml": `on: push
jobs:
  bake:
    runs-on: ubuntu-latest
    steps:
      - uses: corner/oven@v1
`,
  "package.json": withRange("package.json", "corner-oven"),
  "packages/functions/package.json": withRange("packages/functions/package.json", "corner-oven"),
};

/** What takes a package as a whole is left out: it would take minutes, and `repository/` shows that it names no file of theirs. */
test("with another adopter's files, the tests of our packages that could see them pass", async () => {
  const files = testsThatMaySee();
  expect(files).toContain("packages/sst-gatehouse-dev/src/run-command.test.ts");
  expect(files.length).toBeLessThan(60);
  const copy = copyRepository({ everything: true, replacements: theirs });
  onTestFinished(() => copy.remove());
  const vitest = join(copy.root, "node_modules/vitest/vitest.mjs");
  const reporter = join(copy.root, "acceptance/support/summary-reporter.ts");
  const args = ["run", "--project", "unit", "--reporter", "dot", "--reporter", reporter];
  const child = spawn(process.execPath, [vitest, ...args, ...files], {
    cwd: copy.root,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (output += String(text)));
  await once(child, "close");
  expect({ code: child.exitCode, output }).toEqual({ code: 0, output: expect.any(String) });
  expect(output).toMatch(/^\d{2,} passed, 0 failed, \d+ skipped$/m);
}, 300_000);

/** Test files from which an adopter's file can be reached, or that reach for the repository's root by themselves. */
function testsThatMaySee(): readonly string[] {
  const graph = readImportGraph(repository, "packages");
  const looksOutside = new Set([...graph.keys()].filter(reachesForTheRoot));
  return sourcesIn(repository, "packages")
    .filter(
      (file) =>
        /\.test\.tsx?$/.test(file) && !/^packages\/[^/]+\/test\/|\.platform\.test/.test(file),
    )
    .filter((file) =>
      [...reachOf(graph, file)].some((one) => Object.hasOwn(theirs, one) || looksOutside.has(one)),
    );
}

/** A relative path up to the root, and not down into another package. */
function reachesForTheRoot(file: string): boolean {
  const up = "../".repeat(file.split("/").length - 1).slice(0, -1);
  return readFileSync(join(repository, file), "utf8")
    .split(/["'`]/)
    .some(
      (text) => text === up || (text.startsWith(`${up}/`) && !text.startsWith(`${up}/packages`)),
    );
}

function withRange(file: string, name: string): string {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(repository, file), "utf8"),
  );
  return JSON.stringify(
    { ...manifest, dependencies: { ...manifest.dependencies, [name]: "^1.0.0" } },
    undefined,
    2,
  );
}
