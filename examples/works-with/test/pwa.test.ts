import { expect, test } from "vitest";

import { chromiumPage, signIn } from "./browser";
import { playedGate } from "./gate";

const gate = playedGate();
const page = chromiumPage();

/** Signed in, with Workbox's worker in charge of the page's navigations. */
async function install(): Promise<string> {
  const url = `${gate.current.url}/pwa/`;
  await signIn(page.current, gate.current, url);
  await page.current.waitForFunction("document.title === 'ready'");
  // The guard may answer with a page that asks again from this site: then the app's comes after it.
  await page.current.reload();
  await page.current.waitForSelector("#who");
  expect(await page.current.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
  return url;
}
const who = () => page.current.textContent("#who", { timeout: 10_000 });

test("a page behind Workbox's worker is reached signed in, after the hour, from another site, and signed out", async () => {
  const url = await install();
  await page.current.reload();
  expect(await who()).toBe("alice");

  gate.current.clock.advance(3601);
  await page.current.reload();
  expect([await who(), page.current.url()]).toEqual(["alice", expect.stringContaining(url)]);

  // A mail, say.
  const elsewhere = "http://mail.example/";
  await page.current.route(elsewhere, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><a href="${url}">the app</a>`,
    }),
  );
  await page.current.goto(elsewhere);
  await page.current.click("a");
  expect(await who()).toBe("alice");

  await page.current.context().clearCookies();
  await page.current.goto(url);
  expect(new URL(page.current.url()).hostname).toBe("auth.localhost");
});

test("the manifest is installed with the session", async () => {
  await install();
  const manifest = await page.current.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    const answer = await fetch(link?.href ?? "", { credentials: "include" });
    return answer.json();
  });
  expect(manifest).toMatchObject({ start_url: "/pwa/" });
});
