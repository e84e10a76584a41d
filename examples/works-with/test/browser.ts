import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach } from "vitest";

import {
  type Browser,
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../../../acceptance/support/browser.ts";
import type { Gatehouse } from "sst-gatehouse-dev/testing";

/** A Chromium for the tests of a file, and a fresh page without cookies for each; skips them where there is none. */
export function chromiumPage(): { readonly current: Page } {
  let browser: Browser | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    if (isInstalled) browser = await startBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async ({ skip }) => {
    skip(browser === undefined, `Chromium is not at ${executablePath}`);
    await browser?.context.clearCookies();
    page = await browser?.context.newPage();
  });
  return {
    get current() {
      if (page === undefined) throw new Error("the page is there while a test runs");
      return page;
    },
  };
}

/** Opens an address, signs `alice` in on the hosted page, and comes back to it. */
export async function signIn(page: Page, { users }: Gatehouse, url: string): Promise<void> {
  await page.goto(url);
  const alice = users.find(({ username }) => username === "alice");
  if (alice === undefined) throw new Error("there is no alice");
  await fillForm(page, alice);
}
