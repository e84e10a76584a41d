import { readFileSync } from "node:fs";
import { join } from "node:path";

import { checkRegion } from "@sst-gatehouse/blueprint/region";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { startCommand } from "../acceptance/support/command.ts";
import { send } from "../acceptance/support/client.ts";
import { app } from "../stages.ts";
import { deployRoleApp } from "./deploy-role.ts";
import { readImportGraph } from "../acceptance/support/import-graph.ts";

const root = join(import.meta.dirname, "..");

/** What an adopter writes. */
const theirs = ["access.ts", "gate.ts", "stages.ts"];

// What an adopter writes is theirs: no test of ours may fail by it, and our commands take the app that they are run in.
test.each(["packages", "acceptance"])(
  "in %s nothing names an adopter's file, but for the sample app in packages/functions",
  (folder) => {
    const graph = readImportGraph(root, folder);
    expect(graph.size).toBeGreaterThan(50);
    const naming = [...graph].filter(
      ([file, named]) =>
        file.startsWith(`${folder}/`) && named.some((each) => theirs.includes(each)),
    );
    const others = naming
      .map(([file]) => file)
      .filter((file) => !file.startsWith("packages/functions/"));
    expect(others).toEqual([]);
  },
);

// From here on: what this repository's own access.ts and stages.ts say, and what has to follow them.

test("stages.ts names a region that has Function URLs", () => {
  expect(() => checkRegion(app.region)).not.toThrow();
});

test("pnpm start plays access.ts and stages.ts as they are", async () => {
  const stack = await startCommand(root);
  try {
    expect(stack.target.region).toBe(app.region);
    const { status } = await send(stack.target.appUrl, { path: "/" });
    expect(status).toBeLessThan(500);
    expect(stack.terminal()).not.toContain("could not be loaded");
  } finally {
    await stack.stop();
  }
});

test("the policies in docs/deploy-role are for the app and the region of stages.ts", () => {
  // They hold name and region in the ARNs: write yours into the three files.
  expect(deployRoleApp()).toEqual(app);
});

test("deploy.yml deploys into the region of stages.ts", () => {
  const workflow: { jobs: { deploy: { steps: { with?: Record<string, unknown> }[] } } } = parse(
    readFileSync(join(root, ".github/workflows/deploy.yml"), "utf8"),
  );
  const regions = workflow.jobs.deploy.steps.flatMap((step) => step.with?.["aws-region"] ?? []);
  expect(regions).toEqual([app.region]);
});
