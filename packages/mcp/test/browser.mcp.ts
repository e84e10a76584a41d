import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import {
  type Browser,
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../../../acceptance/support/browser.ts";
import { createPerson } from "./person.ts";
import { startTemplateApp, type TemplateApp } from "./template-app.ts";

// A stock client in a page of another origin. The same page is served at two: one is listed in `corsOrigins`.

let pages: Awaited<ReturnType<typeof startLoopbackServer>>;
let listed: string;
let unlisted: string;
let app: TemplateApp;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  const script = await bundledPage();
  pages = await startLoopbackServer();
  pages.handle = async (_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>client</title><script type="module">${script}</script>`);
  };
  const { port } = new URL(pages.origin);
  listed = `http://localhost:${port}`;
  unlisted = `http://unlisted.localhost:${port}`;
  app = await startTemplateApp({ stage: { corsOrigins: [listed] } });
  if (isInstalled) browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app.close();
  await pages.close();
});
beforeEach(async ({ skip }) => {
  skip(browser === undefined, `Chromium is not at ${executablePath}`);
  await browser?.context.clearCookies();
  page = (await browser?.context.newPage()) ?? page;
});
afterEach(() => page.close());

async function bundledPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["client-page.ts"],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  return (outputFiles[0]?.text ?? "").replaceAll("</script", String.raw`<\/script`);
}

const open = (origin: string) =>
  page.goto(
    `${origin}/?${new URLSearchParams({ server: `${app.outputs.appUrl}/mcp`, client_id: app.outputs.clients.spa.id })}`,
  );

/** Opens the page, is sent to sign in, and comes back. @returns what the page asks for from then on. */
async function signIn(username: string): Promise<readonly string[]> {
  const user = app.outputs.users.find((each) => each.username === username);
  if (user === undefined) throw new Error(`there is no ${username}`);
  const asked: string[] = [];
  page.on("response", (response) => {
    const request = response.request();
    const { pathname, origin } = new URL(response.url());
    if (origin !== listed && request.resourceType() === "fetch")
      asked.push(`${request.method()} ${pathname} ${response.status()}`);
  });
  await open(listed);
  await page.waitForURL((url) => url.origin !== listed);
  await fillForm(page, user);
  await page.waitForURL(`${listed}/`);
  await page.evaluate(() => mcp.ready.then(() => undefined));
  return asked;
}

const finding = [
  "GET /.well-known/oauth-protected-resource/mcp 200",
  "GET /.well-known/oauth-authorization-server 200",
];
const token = "POST /oauth2/token 200";

const call = (name: string, args: Record<string, unknown> = {}) =>
  page.evaluate(([tool, given]) => mcp.call(tool, given).result, [name, args] as const);

test("a page of a listed origin finds the sign-in, signs in, and calls both tools; alice is refused one", async () => {
  const asked = await signIn("alice");
  // The page that comes back finds the sign-in again: the SDK keeps nothing that the page does not keep for it.
  expect(asked.slice(0, 7)).toEqual([
    "POST /mcp 401",
    ...finding,
    ...finding,
    token,
    "POST /mcp 200",
  ]);
  expect(await call("count", { to: 1 })).toEqual({ text: "alice, I counted to 1." });
  expect(await call("report")).toEqual({
    isError: true,
    text: "This needs the group admin. Ask an administrator.",
  });
  await browser?.context.clearCookies();
  await page.evaluate(() => sessionStorage.clear());
  await signIn("ada");
  expect(await call("report")).toEqual({ text: "All is well." });
});

test("in the page, progress arrives on the way, an answer goes on when the hour ends in its middle, and the next call renews", async () => {
  const asked = await signIn("alice");
  const calling = await page.evaluateHandle(() => mcp.call("count", { to: 10 }));
  const soFar = () => calling.evaluate(({ progress }) => progress.length);
  await calling.evaluate(({ begun }) => begun);
  app.clock.advance(3601);
  expect(await soFar()).toBeLessThan(10);
  expect(await calling.evaluate(({ result }) => result)).toEqual({
    text: "alice, I counted to 10.",
  });
  expect(await soFar()).toBe(10);

  const before = asked.length;
  expect(await call("count", { to: 1 })).toEqual({ text: "alice, I counted to 1." });
  expect(asked.slice(before)).toEqual(["POST /mcp 401", ...finding, token, "POST /mcp 200"]);
  expect(page.url()).toBe(`${listed}/`);
});

test("a page of an origin that is not listed can read the metadata and is stopped by the browser at everything else, with a good token as well", async () => {
  const { appUrl } = app.outputs;
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  const failing = () =>
    page.evaluate(() =>
      mcp.ready.then(
        () => "connected",
        (error: unknown) => String(error),
      ),
    );
  await open(unlisted);
  expect(await failing()).toBe("TypeError: Failed to fetch");
  const alice = createPerson(app, "alice");
  await alice.connect();
  await page.evaluate(
    (tokens) => sessionStorage.setItem("tokens", tokens),
    JSON.stringify(alice.tokens),
  );
  await page.reload();
  expect(await failing()).toBe("TypeError: Failed to fetch");
  const blocked = `Access to fetch at '${appUrl}/mcp' from origin '${unlisted}' has been blocked by CORS policy`;
  expect(said.filter((line) => line.startsWith(blocked))).toHaveLength(2);
  expect(await page.evaluate(() => mcp.discover())).toEqual({
    resource: `${appUrl}/mcp`,
    issuer: appUrl,
  });
});
