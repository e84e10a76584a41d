import type { Graph } from "@sst-gatehouse/deploy/graph";
import { expect, test } from "vitest";

import {
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../acceptance/support/browser.ts";
import { send } from "../acceptance/support/client.ts";
import { managers } from "./support/apps.ts";
import { mustRun, startApp } from "./support/program.ts";
import { apply, applyBesideFrontEnd, evaluated, makeShelf, pin, planned } from "./support/shelf.ts";

test("an app's own front end moves to the gate's address, where people sign in to use it", async ({
  skip,
}) => {
  const [manager] = managers;
  const app = await makeShelf({ manager, frontEnd: true });
  const before = await evaluated(app, { changes: [pin] });
  await applyBesideFrontEnd(app);
  // Between the two diffs, the front end has a distribution of its own, which is none of the gate's business.
  const between = await planned(app);
  expect(between.violations).toEqual([]);
  expect(between.unchecked).toContainEqual({
    type: "aws:cloudfront/distribution:Distribution",
    name: "WebCdnDistribution",
  });

  await apply(app, "site");
  await mustRun(app, "npx", "vite", "build", "web");
  const plan = await planned(app);
  expect(plan.violations).toEqual([]);
  const files = plan.resources.filter(({ name }) => name.startsWith("GateSiteFile-"));
  expect(files.map(({ inputs }) => [inputs["key"], inputs["cacheControl"]])).toEqual([
    [expect.stringMatching(/^assets\/index-[\w-]+\.js$/), "public, max-age=31536000, immutable"],
    ["index.html", "private, no-cache"],
  ]);
  // Only what served the front end elsewhere goes, and what let everybody call the function.
  const after = await evaluated(app);
  expect(goneOf(before, after).filter((name) => !name.startsWith("Web"))).toEqual([
    "ApiInvokeFunction",
  ]);

  skip(!isInstalled, `Chromium is not at ${executablePath}`);
  const { started, stop } = await startApp(app);
  const browser = await startBrowser();
  try {
    const page = await browser.context.newPage();
    const [alice] = started.users;
    const editor = started.users.find(({ groups }) => groups.includes("editors"));
    if (alice === undefined || editor === undefined) throw new Error("somebody is missing");
    await page.goto(`${started.appUrl}/`);
    await fillForm(page, alice);
    await page.getByText("Middlemarch").waitFor();
    await page.fill("input[name=title]", "Emma");
    await page.click("text=Add");
    await page.getByText("This needs one of the groups editors.").waitFor();

    // Of the front end, a stranger gets what a rule opens.
    const script = `/${String(files[0]?.inputs["key"])}`;
    expect((await send(started.appUrl, { path: script })).status).toBe(200);
    expect((await send(started.appUrl, { path: "/index.html" })).status).toBe(401);

    await page.goto(`${started.appUrl}/.auth/logout`);
    await page.click("button");
    await page.getByText("You are signed out").waitFor();
    await page.goto(`${started.appUrl}/`);
    await fillForm(page, editor);
    await page.fill("input[name=title]", "Emma");
    await page.click("text=Add");
    await page.getByText("Added.").waitFor();
    await page.locator("li", { hasText: "Emma" }).waitFor();
  } finally {
    await browser.close();
    expect(await stop()).toBe(0);
  }
});

test("an app's own StaticSite stays where it is, and the gate is put onto its distribution", async () => {
  const [manager] = managers;
  const app = await makeShelf({ manager, frontEnd: true });
  const before = await evaluated(app, { changes: [pin] });
  await applyBesideFrontEnd(app);
  await apply(app, "staticSite");
  await mustRun(app, "npx", "vite", "build", "web");
  const plan = await planned(app);
  expect(plan.violations).toEqual([]);
  const distributions = plan.resources.filter(({ type }) => type.endsWith(":Distribution"));
  expect(distributions.map(({ name }) => name)).toEqual(["WebCdnDistribution"]);
  expect(goneOf(before, await evaluated(app))).toEqual(["ApiInvokeFunction"]);

  const { started, stop } = await startApp(app);
  try {
    const statusOf = async (path: string): Promise<number> =>
      (await send(started.appUrl, { path })).status;
    expect(await statusOf("/")).toBe(200);
    expect(await statusOf("/health")).toBe(200);
    expect(await statusOf("/books")).toBe(401);
    expect(await statusOf("/favicon.ico")).toBe(403);
  } finally {
    expect(await stop()).toBe(0);
  }
});

/** Names of what is in the first graph and not in the second. */
function goneOf(first: Graph, second: Graph): readonly string[] {
  const kept = new Set(second.resources.map(({ urn }) => urn));
  return first.resources.filter(({ urn }) => !kept.has(urn)).map(({ name }) => name);
}
