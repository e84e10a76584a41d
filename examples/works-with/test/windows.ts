import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";

import { launch } from "puppeteer-core";
import { vi } from "vitest";

/** A window of a browser that Playwright does not drive. */
export interface Window {
  /** As the browser names itself, for docs/works-with.md. */
  readonly version: string;
  /** Returns when the page has loaded. */
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** @returns what the expression, or the promise that it is, comes to. JSON only. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface OtherBrowser {
  readonly name: string;
  /** Why it cannot be started here; `undefined` where it can. */
  readonly absent: string | undefined;
  /** Whether it keeps Secure cookies over http at addresses of this machine. */
  readonly keepsCookies: boolean;
  readonly start: () => Promise<Window>;
}

const firstOf = (paths: readonly string[]): string | undefined => paths.find(existsSync);
const absent = (programs: readonly (string | undefined)[], packages: string) =>
  programs.includes(undefined) ? `not installed: apt-get install ${packages}` : undefined;

const firefoxPath = firstOf(["/usr/bin/firefox-esr", "/usr/bin/firefox"]);
const driverPath = firstOf(["/usr/bin/WebKitWebDriver"]);
const displayPath = firstOf(["/usr/bin/Xvfb"]);
const miniBrowserPath = firstOf(
  ["4.1", "6.0"].map((api) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${api}/MiniBrowser`),
);

export const otherBrowsers: readonly OtherBrowser[] = [
  {
    name: "Firefox",
    absent: absent([firefoxPath], "firefox-esr"),
    keepsCookies: true,
    start: startFirefox,
  },
  {
    name: "WebKitGTK",
    absent: absent([driverPath, displayPath, miniBrowserPath], "webkit2gtk-driver xvfb"),
    keepsCookies: false,
    start: startWebKit,
  },
];

/** Stock Firefox, by WebDriver BiDi. */
async function startFirefox(): Promise<Window> {
  const browser = await launch({
    browser: "firefox",
    executablePath: firefoxPath,
    headless: true,
    acceptInsecureCerts: true,
  });
  const page = await browser.newPage();
  return {
    version: await browser.version(),
    open: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}

/** WebKitGTK's own small browser, by WebDriver, on a screen that nobody sees. */
async function startWebKit(): Promise<Window> {
  const screen = spawn(displayPath ?? "", ["-displayfd", "1", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [display] = await once(screen.stdout, "data");
  const port = await freePort();
  const driver = spawn(driverPath ?? "", [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(display).trim()}` },
    stdio: "ignore",
  });
  const stop = () => {
    driver.kill();
    screen.kill();
  };
  process.once("exit", stop);
  /** A command of https://www.w3.org/TR/webdriver2/. */
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value.message}`);
    return value;
  };
  await vi.waitUntil(() => send("GET", "/status").catch(() => false), { timeout: 10_000 });
  const { sessionId, capabilities } = await send("POST", "/session", {
    capabilities: {
      alwaysMatch: {
        acceptInsecureCerts: true,
        "webkitgtk:browserOptions": { binary: miniBrowserPath, args: ["--automation"] },
      },
    },
  });
  const session = `/session/${sessionId}`;
  return {
    version: `${capabilities.browserName} ${capabilities.browserVersion}`,
    open: (url) => send("POST", `${session}/url`, { url }),
    reload: () => send("POST", `${session}/refresh`, {}),
    evaluate(expression) {
      const script = `const [done] = arguments; Promise.resolve(${expression}).then(done, (error) => done(String(error)));`;
      return send("POST", `${session}/execute/async`, { script, args: [] });
    },
    async close() {
      await send("DELETE", session);
      stop();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
