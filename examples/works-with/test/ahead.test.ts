import { expect, test } from "vitest";

import { chromiumPage, signIn } from "./browser";
import { playedGate } from "./gate";

const gate = playedGate();
const page = chromiumPage();

test("a link to the sign-out that Chromium fetches ahead signs nobody out", async () => {
  await signIn(page.current, gate.current, `${gate.current.url}/pwa/`);
  const chromium = await page.current.context().newCDPSession(page.current);
  const prefetched = new Promise((resolve) => {
    chromium.on("Preload.prefetchStatusUpdated", ({ status, prefetchUrl }) => {
      if (status === "Ready" || status === "Failure") resolve([status, prefetchUrl]);
    });
  });
  await chromium.send("Preload.enable");
  const linked = page.current.waitForResponse(`${gate.current.url}/.auth/logout?linked`);
  await page.current.evaluate(() => {
    const rules = { prefetch: [{ urls: ["/.auth/logout?ruled"], eagerness: "immediate" }] };
    const script = Object.assign(document.createElement("script"), {
      type: "speculationrules",
      textContent: JSON.stringify(rules),
    });
    const link = Object.assign(document.createElement("link"), {
      rel: "prefetch",
      href: "/.auth/logout?linked",
    });
    document.head.append(script, link);
  });
  expect((await linked).status()).toBe(200);
  expect(await prefetched).toEqual(["Ready", `${gate.current.url}/.auth/logout?ruled`]);
  expect(await page.current.evaluate(async () => (await fetch("/.auth/me")).status)).toBe(200);

  // A click does.
  await page.current.evaluate(() => (location.href = "/.auth/logout"));
  await page.current.waitForURL("**/.auth/signed-out");
});
