import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BrowserContext, Page } from "playwright-core";

export const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const isInstalled = existsSync(executablePath);

export interface Browser {
  readonly context: BrowserContext;
  readonly close: () => Promise<void>;
}

/**
 * A Chromium with its own profile, which can reach only this machine.
 *
 * @param blockedCookies a host that may store no cookies.
 */
export async function startBrowser(blockedCookies?: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "gatehouse-browser-"));
  if (blockedCookies !== undefined) {
    const cookies = { [`${blockedCookies},*`]: { setting: 2 } };
    await mkdir(join(profile, "Default"));
    await writeFile(
      join(profile, "Default/Preferences"),
      JSON.stringify({ profile: { content_settings: { exceptions: { cookies } } } }),
    );
  }
  // As long to load as some of the files that may have to skip their tests.
  const { chromium } = await import("playwright-core");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Fills the hosted form in and sends it: Cognito's page has it twice, and shows one. Ends where the browser is sent. */
export async function fillForm(
  page: Page,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<void> {
  await page.fill("input[name=username]:visible", username);
  await page.fill("input[name=password]:visible", password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

/** The statuses of redirects that a page goes through, in the order they came. */
export function countRedirects(page: Page): () => number {
  let redirects = 0;
  page.on("response", (response) => {
    if (response.status() >= 300 && response.status() < 400) redirects += 1;
  });
  return () => redirects;
}
