import { createServer, type Server } from "node:http";

import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { type Browser, executablePath, fillForm, isInstalled, startBrowser } from "./browser.ts";
import { needs } from "./requirements.ts";
import { isStack, loadTarget, type Target } from "./target.ts";

/** A listed origin in stages.ts: the page of a single-page app in development. */
const spaPort = 5173;

describe("in a real browser", () => {
  let target: Target;
  let context: BrowserContext;
  let browser: Browser | undefined;
  let spa: Server | undefined;
  const visited: string[] = [];

  beforeAll(async () => {
    target = loadTarget();
    if (!isInstalled || !isStack(target)) return;
    browser = await startBrowser();
    ({ context } = browser);
    // A request to anywhere else would be a fault, and must not leave the machine.
    await context.route("**/*", (route) => {
      const { hostname } = new URL(route.request().url());
      visited.push(hostname);
      return /(^|\.)localhost$|^127\.0\.0\.1$/.test(hostname) ? route.continue() : route.abort();
    });
  });
  afterAll(async () => {
    await browser?.close();
    spa?.close();
  });

  needs("machine");
  beforeEach(({ skip }) =>
    skip(!isInstalled, `Chromium is not at ${executablePath}; see the README`),
  );

  test("a person signs in on the hosted page and finds the ID token in the address bar", async () => {
    const page = await context.newPage();
    const [user] = target.users;
    await page.goto(target.signInUrl);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    await page.fill("input[name=username]:visible", user?.username ?? "");
    await page.fill("input[name=password]:visible", user?.password ?? "");
    await Promise.all([
      page.waitForURL((url) => url.hash.includes("id_token=")),
      page.keyboard.press("Enter"),
    ]);
    const token = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("id_token") ?? "";
    const answer = await page.evaluate(async (bearer) => {
      const response = await fetch("/me", { headers: { authorization: `Bearer ${bearer}` } });
      return { status: response.status, body: await response.json() };
    }, token);
    expect(answer).toMatchObject({ status: 200, body: { kind: "user", username: user?.username } });
    await page.close();
  });

  test("a wrong password stays on the page and says so, the same for every name", async () => {
    const page = await freshPage();
    const texts: string[] = [];
    for (const username of [target.users[0]?.username ?? "", "nobody"]) {
      await page.goto(target.signInUrl);
      await page.fill("input[name=username]:visible", username);
      await page.fill("input[name=password]:visible", "wrong");
      await page.keyboard.press("Enter");
      const alert = page.getByRole("alert");
      await alert.waitFor();
      texts.push((await alert.textContent()) ?? "");
    }
    expect(texts[0]).toBe(texts[1]);
    await page.close();
  });

  test("a single-page app on a listed origin calls with a bearer token; with cookies it may not", async ({
    skip,
  }) => {
    spa = await serveSpa();
    if (spa === undefined) skip(`port ${spaPort}, which stages.ts lists as an origin, is taken`);
    const page = await context.newPage();
    await page.goto(`http://localhost:${spaPort}/`);
    const call = (credentials: "omit" | "include") =>
      page.evaluate(
        async ({ url, token, mode }) => {
          try {
            const response = await fetch(url, {
              headers: { authorization: `Bearer ${token}` },
              credentials: mode,
            });
            return { status: response.status, body: await response.json() };
          } catch {
            return "blocked";
          }
        },
        { url: `${target.appUrl}/me`, token: target.tokens.id, mode: credentials },
      );
    expect(await call("omit")).toMatchObject({ status: 200, body: { kind: "user" } });
    expect(await call("include")).toBe("blocked");
    await page.close();
  });

  test("a page on another origin reads nothing, and cannot use the AWS APIs", async () => {
    const page = await context.newPage();
    await page.goto(`${new URL(target.signInUrl).origin}/login?client_id=x`);
    const results = await page.evaluate(
      async ({ app, api, token }) => {
        const attempt = (url: string, init: RequestInit) =>
          fetch(url, init).then(
            (response) => `read ${response.status}`,
            () => "blocked",
          );
        return [
          await attempt(`${app}/me`, { headers: { authorization: `Bearer ${token}` } }),
          await attempt(api, {
            method: "POST",
            headers: {
              "x-amz-target": "AmazonSSM.GetParameter",
              "content-type": "application/x-amz-json-1.1",
            },
            body: "{}",
          }),
        ];
      },
      { app: target.appUrl, api: target.endpoints.ssm, token: target.tokens.id },
    );
    expect(results).toEqual(["blocked", "blocked"]);
    await page.close();
  });

  test("the sample's scripts call with a session from a page at the number", async () => {
    const neighbour = await startLoopbackServer();
    onTestFinished(() => neighbour.close());
    neighbour.handle = async (_request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end(
        `<form method=post action="${target.loopbackUrl}/public/echo"><button>go</button></form>`,
      );
    };
    const [user] = target.users;
    if (user === undefined) throw new Error("the stack has no user");
    const page = await freshPage();
    await page.goto(`${target.loopbackUrl}/echo/page?x=1`);
    await fillForm(page, user);
    expect(page.url()).toBe(`${target.loopbackUrl}/echo/page?x=1#`);
    const call = (path: string) => page.evaluate(async (to) => (await fetch(to)).status, path);
    expect(await call("/me")).toBe(200);
    expect(
      (await context.cookies(target.loopbackUrl)).map(({ name, domain, secure, httpOnly }) => [
        name.split(".")[0],
        domain,
        secure,
        httpOnly,
      ]),
    ).toContainEqual(["__Host-Http-gatehouse-session", "127.0.0.1", true, true]);
    // The other address is another origin, with a session of its own.
    await page.goto(`${target.appUrl}/public/echo`);
    expect(await call("/me")).toBe(401);
    // So is another port of this machine.
    await page.goto(neighbour.origin);
    await Promise.all([page.waitForNavigation(), page.click("button")]);
    expect(await page.textContent("body")).toContain("cross_site");
    await page.close();
  });

  test("no page asked for anything outside this machine", async () => {
    expect(visited.length).toBeGreaterThan(0);
    expect(visited.filter((name) => !/(^|\.)localhost$|^127\.0\.0\.1$/.test(name))).toEqual([]);
  });

  /** A page without the session of an earlier test. */
  async function freshPage(): Promise<Page> {
    await context.clearCookies();
    return context.newPage();
  }

  async function serveSpa(): Promise<Server | undefined> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<!doctype html><title>A single-page app</title>");
    });
    const listening = await new Promise<boolean>((resolve) => {
      server.on("error", () => resolve(false));
      server.listen(spaPort, "localhost", () => resolve(true));
    });
    return listening ? server : undefined;
  }
});
