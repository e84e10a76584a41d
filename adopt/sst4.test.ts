import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { graphDifferences } from "@sst-gatehouse/deploy/graph-differences";
import { installSst4 } from "@sst-gatehouse/deploy/unpinned-platform";
import { beforeAll, expect, inject, test } from "vitest";

import { send } from "../acceptance/support/client.ts";
import { root } from "../repository/package/workspace.ts";
import { create, emptyFolder, linkPlatform, managers, takeTarballs } from "./support/apps.ts";
import { mustRun, startApp } from "./support/program.ts";
import {
  apply,
  applyBesideFrontEnd,
  edit,
  makeShelf,
  pin,
  type Planned,
  planned,
  type ShelfOptions,
} from "./support/shelf.ts";

const [manager] = managers;
const sst = "^4.17.1";
const home = join(root, ".cache/sst4");

beforeAll(async () => {
  await installSst4(root, console.log);
});

/** What a deploy of `shelf` with its front end would make. @param changed is called before the app is planned. */
async function plannedShelf(
  options: Partial<ShelfOptions>,
  changed: (app: string) => Promise<void> = async () => {},
): Promise<Planned> {
  const app = await makeShelf({ manager, frontEnd: true, ...options });
  await applyBesideFrontEnd(app);
  await apply(app, "site");
  await changed(app);
  await mustRun(app, "npx", "vite", "build", "web");
  await mustRun(app, join(app, "node_modules/.bin/tsc"));
  return planned(app);
}

test("SST 4 deploys the same of an app as SST 3, but for what is known", async () => {
  const three = await plannedShelf({});
  const four = await plannedShelf({ sst, platformIn: home }, (app) =>
    // The page: SST 4 brings a provider that is new enough, so the line is left out.
    edit(app, pin.file, pin.to, pin.from),
  );
  for (const { violations, guard } of [three, four])
    expect([violations, guard.sha256]).toEqual([[], inject("packed").guardSha256]);
  const differences = graphDifferences(withoutUnchecked(three), withoutUnchecked(four));
  expect(differences.map(({ resource, path }) => `${resource} ${path}`.trim())).toEqual([
    // A newer esbuild bundles the backend, so its code has another hash.
    "aws:lambda/function:Function::ApiFunction inputs.s3Key",
    // That provider takes Node 24; the app's own function has said which it wants.
    "aws:lambda/function:Function::shelf-anna-Guard inputs.runtime",
    // That provider has bucket for what was bucketV2. Its aliases keep what is there.
    "aws:s3/bucket:Bucket::CoversBucket",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration::CoversCors",
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2::CoversCors",
    "aws:s3/bucketObjectv2:BucketObjectv2::ApiCode inputs.key",
    "aws:s3/bucketObjectv2:BucketObjectv2::ApiCode inputs.source.archive.code.zip.sha256",
    "aws:s3/bucketObjectv2:BucketObjectv2::ApiSourcemap0 inputs.key",
    "aws:s3/bucketV2:BucketV2::CoversBucket",
  ]);
  // "Yours, not checked" is the same, by its new names.
  expect(four.unchecked.map(({ name }) => name).toSorted()).toEqual(
    three.unchecked.map(({ name }) => name).toSorted(),
  );
});

test("a new app takes SST 4 by its version and one word of sst.config.ts", async () => {
  const folder = await emptyFolder();
  expect(await create(folder, "hello")).toMatchObject({ code: 0 });
  const app = join(folder, "hello");
  await takeTarballs(app);
  const { dependencies } = JSON.parse(await readFile(join(app, "package.json"), "utf8"));
  await edit(app, "package.json", `"sst": "${dependencies.sst}"`, `"sst": "${sst}"`);
  await edit(app, "sst.config.ts", "{ stage, gate:", "{ sst: 4, stage, gate:");
  await mustRun(app, ...manager.install);
  await linkPlatform(app, home);
  const plan = await planned(app);
  expect([plan.violations, plan.guard.sha256]).toEqual([[], inject("packed").guardSha256]);

  // What SST 4 would upload runs here, too.
  const { started, stop } = await startApp(app, "--from-deploy");
  try {
    const headers = { authorization: `Bearer ${started.tokens.access}` };
    const hello = await send(started.appUrl, { path: "/", headers });
    expect([hello.status, hello.json()]).toMatchObject([200, { message: "Hello, world!" }]);
  } finally {
    expect(await stop()).toBe(0);
  }
});

/** What the app has besides its gate is among the resources, too. */
function withoutUnchecked(plan: Planned): Planned {
  return { ...plan, unchecked: [] };
}
