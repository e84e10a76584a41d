import { join } from "node:path";

import { installSst3 } from "@sst-gatehouse/deploy/unpinned-platform";
import { beforeAll, expect, test } from "vitest";

import { root } from "../repository/package/workspace.ts";
import { managers } from "./support/apps.ts";
import { mustRun, run } from "./support/program.ts";
import { apply, edit, makeShelf, pin, planned } from "./support/shelf.ts";

let awsVersion: string;
beforeAll(async () => {
  ({ awsVersion } = await installSst3(root, console.log));
});

const why = "the AWS provider 6.66.2 is older than 6.81 (version in app() of sst.config.ts)";

test("an app that keeps its older AWS provider works without rotation, and is told so in one line", async () => {
  const [manager] = managers;
  const app = await makeShelf({ manager, platformIn: join(root, ".cache/sst3") });
  await apply(app, "gate");
  await edit(app, pin.file, pin.to, pin.from);
  await mustRun(app, join(app, "node_modules/.bin/tsc"));

  // The config is evaluated with its classes, and was checked with its types.
  expect(awsVersion).toBe("6.66.2");
  const plan = await planned(app);
  expect(plan).toMatchObject({
    violations: [],
    outputs: { refreshTokens: `do not rotate: ${why}` },
  });
  const client = plan.resources.find(({ name }) => name === "GateWebClient");
  expect(client?.inputs).toMatchObject({
    explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
    generateSecret: true,
  });
  expect(client?.inputs).not.toHaveProperty("refreshTokenRotation");

  const shown = await mustRun(app, "npx", "gatehouse", "plan", "--stage", "anna");
  expect(shown.split("\n").filter((line) => line.includes("6.66.2"))).toHaveLength(1);

  for (const setting of ["spaClient: true", 'threatProtection: "audit"']) {
    const stages = `stages: { default: { ${setting} } },\n  backends:`;
    await edit(app, "gate.ts", "backends:", stages);
    const { code, stderr } = await run(app, "npx", "gatehouse", "plan", "--stage", "anna");
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${why}: change one of the two`)]);
    await edit(app, "gate.ts", stages, "backends:");
  }
});
