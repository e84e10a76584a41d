import { type LoopbackServer, startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import type { BrowserContext, Page, Response } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  type Browser,
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../support/browser.ts";
import type { Target } from "../support/target.ts";
import type { AskedAnswer } from "./answering-backend/app.ts";
import { type AnsweringStack, startAnsweringStack } from "./answering-stack.ts";

// How Chromium asks for the pages of an app with a service worker, for those that it finds again after an hour, and for
// addresses with a fragment. A separate stack, whose clock these tests move.

let answering: AnsweringStack;
let target: Target;
let user: Target["users"][number];
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** Serves what another site shows, on any name. */
let others: LoopbackServer;
let shown: string;

beforeAll(async () => {
  answering = await startAnsweringStack("RESPONSE_STREAM");
  target = answering.stack.outputs;
  const [first] = target.users;
  if (first === undefined) throw new Error("the stack has no user");
  user = first;
  others = await startLoopbackServer();
  others.handle = async (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>x</title>${shown}`);
  };
  if (!isInstalled) return;
  browser = await startBrowser();
  ({ context } = browser);
  page = await context.newPage();
});
afterAll(async () => {
  if (isInstalled) await browser.close();
  await others.close();
  await answering.stack.close();
});
beforeEach(({ skip }) =>
  skip(!isInstalled, `Chromium is not at ${executablePath}; see the README`),
);

const url = (path: string): string => `${target.appUrl}${path}`;

/** The path of an answer. */
function pathOf(body: string, type: string, headers: AskedAnswer["headers"] = []): string {
  const answer: AskedAnswer = {
    status: 200,
    headers: [["content-type", type], ...headers],
    body: Buffer.from(body).toString("base64"),
  };
  return `/answer?as=${encodeURIComponent(JSON.stringify(answer))}`;
}

const document = (content: string): string =>
  pathOf(`<!doctype html><title>the app</title><h1>The app</h1>${content}`, "text/html");
const home = document(
  `<a href="/document">own link</a>
   <form method="post" action="${document("<p>sent</p>")}"><button>send</button></form>`,
);

async function signIn(at = home): Promise<void> {
  await page.goto(url(at));
  await fillForm(page, user);
  await heading("The app");
}

const heading = (text: string): Promise<void> =>
  page.getByRole("heading", { level: 1, name: text, exact: true }).waitFor();

/** Shows a page of another site. */
async function visitOther(host: string, content: string): Promise<void> {
  shown = content;
  await page.goto(others.origin.replace("127.0.0.1", host));
}

const workers = {
  "passes everything on": `event.respondWith(fetch(event.request));`,
  "asks the network first, and keeps pages": `
    if (event.request.mode !== "navigate") return;
    event.respondWith((async () => {
      const cache = await caches.open("pages");
      try {
        const answer = await fetch(event.request);
        if (answer.ok && event.request.method === "GET") await cache.put(event.request, answer.clone());
        return answer;
      } catch {
        return (await cache.match(event.request)) ?? Response.error();
      }
    })());`,
};

async function installWorker(handle: string): Promise<void> {
  const script = pathOf(
    `self.addEventListener("install", () => self.skipWaiting());
     self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
     self.addEventListener("fetch", (event) => { ${handle} });`,
    "text/javascript",
    [["service-worker-allowed", "/"]],
  );
  await page.evaluate(async (from) => {
    const controlled = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve);
    });
    await navigator.serviceWorker.register(from, { scope: "/" });
    await controlled;
  }, script);
}

describe.each(Object.entries(workers))("an app whose service worker %s", (_what, handle) => {
  beforeAll(async () => {
    if (!isInstalled) return;
    await signIn();
    await installWorker(handle);
  });
  afterAll(async () => {
    if (!isInstalled) return;
    await page.goto(url(home));
    await page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).unregister();
      // The next worker's window has not been reloaded a moment ago.
      sessionStorage.clear();
    });
    await context.clearCookies();
  });

  test("signs in, answers, and goes on after an hour", async () => {
    await context.clearCookies();
    await signIn();
    expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    for (const seconds of [11, 3700]) {
      answering.stack.clock.advance(seconds);
      await page.reload();
      await heading("The app");
      answering.stack.clock.advance(seconds);
      await page.getByText("own link").click();
      await page.getByText("the whole document").waitFor();
      await page.goBack();
      await heading("The app");
      answering.stack.clock.advance(seconds);
      await page.click("button");
      await page.getByText("sent").waitFor();
      answering.stack.clock.advance(seconds);
      await page.goto(url(home));
      await heading("The app");
    }
  });

  test("opens again when it is reloaded after a sign-in that came before the worker", async () => {
    await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
    await context.clearCookies();
    await signIn();
    await installWorker(handle);
    await page.reload();
    await heading("The app");
    expect(page.url()).toBe(url(`${home}#`));
  });

  test("opens what another site links to, also after an hour, with its fragment", async () => {
    for (const seconds of [11, 3700]) {
      answering.stack.clock.advance(seconds);
      await visitOther("other.test", `<a href="${url(home)}#part">there</a>`);
      await page.click("a");
      await heading("The app");
      expect(page.url()).toBe(url(`${home}#part`));
    }
  });

  test("shows a neighbour's frame nothing, and signs nobody out by a link", async () => {
    answering.stack.clock.advance(11);
    const answered: Response[] = [];
    page.on("response", (response) => answered.push(response));
    await visitOther("evil.app.localhost", `<iframe src="${url(home)}"></iframe>`);
    await page.waitForLoadState("networkidle");
    const framed = answered.filter((response) => response.url() === url(home));
    expect(framed.map((response) => response.status())).toEqual(framed.map(() => 401));
    expect(framed.length).toBeGreaterThan(0);
    const [, frame] = page.frames();
    expect(await frame?.locator("body").innerText()).not.toContain("The app");

    await page.goto(url(home));
    await page.evaluate(() => (location.href = "/.auth/logout"));
    await heading("Sign out?");
    await page.goto(url(home));
    await heading("The app");
  });
});

describe("a page that was left open for an hour", () => {
  const pixel = pathOf(
    `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
    "image/svg+xml",
  );
  const chunk = pathOf("export const answer = 42;", "text/javascript");
  const events = pathOf("data: 1\n\n", "text/event-stream");
  const file = pathOf("contents", "text/plain", [["content-disposition", "attachment"]]);

  beforeAll(async () => {
    if (isInstalled) await signIn();
  });
  beforeEach(() => {
    answering.stack.clock.advance(3700);
  });

  test("loads an image", async () => {
    const load = (from: string) => {
      const image = new Image();
      image.src = from;
      return image.decode();
    };
    await expect(page.evaluate(load, pixel)).resolves.toBeUndefined();
  });

  test("imports a script", async () => {
    // As text: what compiles this file would put something else in the place of import().
    const answer = page.evaluate(`import(${JSON.stringify(chunk)}).then((it) => it.answer)`);
    expect(await answer).toBe(42);
  });

  test("opens an event source", async () => {
    const first = page.evaluate(
      (from) =>
        new Promise((resolve) => {
          const source = new EventSource(from);
          const end = (what: string) => {
            source.close();
            resolve(what);
          };
          source.addEventListener("message", ({ data }) => end(data));
          source.addEventListener("error", () => end("error"));
        }),
      events,
    );
    expect(await first).toBe("1");
  });

  test("calls what only reads", async () => {
    const body = page.evaluate(async () => (await fetch("/document")).text());
    expect(await body).toBe("the whole document");
  });

  test("sends a beacon, with its body", async () => {
    const arrived = page.waitForResponse(
      (response) => response.request().method() === "POST" && response.status() === 200,
    );
    await page.evaluate((to) => navigator.sendBeacon(to, "left at 12"), pixel);
    expect((await arrived).request().postData()).toBe("left at 12");
  });

  test("saves a file", async () => {
    await page.evaluate((from) => {
      const link = Object.assign(globalThis.document.createElement("a"), {
        href: from,
        download: "report.txt",
        textContent: "save",
      });
      globalThis.document.body.append(link);
    }, file);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("save").click(),
    ]);
    expect(await download.failure()).toBe(null);
  });

  test("sends a form", async () => {
    await page.click("button");
    expect(await page.getByText("sent").textContent()).toBe("sent");
    await page.goBack();
    await heading("The app");
  });

  test("loads fifty images at once, and stays signed in", async () => {
    const images = page.evaluate(
      (from) =>
        Promise.all(
          Array.from({ length: 50 }, async (_none, index) => {
            const image = new Image();
            image.src = `${from}&n=${index}`;
            return image.decode().then(
              () => "loaded",
              () => "broken",
            );
          }),
        ),
      pixel,
    );
    expect(new Set(await images)).toEqual(new Set(["loaded"]));
    answering.stack.clock.advance(3700);
    await page.reload();
    await heading("The app");
  });
});

describe("an address with a fragment", () => {
  beforeEach(async () => {
    if (!isInstalled) return;
    await context.clearCookies();
    // Otherwise only the fragment of what the window shows would change.
    await page.goto("about:blank");
  });

  test("is found again after the sign-in, in each window its own, and no server has seen it", async () => {
    const asked: string[] = [];
    const note = (request: { url: () => string; postData: () => string | null }): void => {
      asked.push(request.url().replace(/#.*/, ""), request.postData() ?? "");
    };
    const other = await context.newPage();
    for (const window of [page, other]) window.on("request", note);
    await page.goto(url(`${home}#/orders/5?secret=fragment-of-one`));
    await other.goto(url(`${home}#/orders/6`));
    for (const window of [page, other]) {
      await fillForm(window, user);
      await window.getByRole("heading", { level: 1, name: "The app" }).waitFor();
    }
    expect(page.url()).toBe(url(`${home}#/orders/5?secret=fragment-of-one`));
    expect(other.url()).toBe(url(`${home}#/orders/6`));
    expect(asked.join("\n")).not.toContain("orders");
    // The page that forgot it may have been another process's, whose word takes a moment to arrive.
    await page.waitForFunction(() => sessionStorage.getItem("gatehouse-fragment") === null);
    await other.close();
    page.off("request", note);
  });

  test("that was left at the sign-in does not turn up behind another address", async () => {
    await page.goto(url(`${home}#/left`));
    await page.goto(url("/document"));
    await fillForm(page, user);
    await page.getByText("the whole document").waitFor();
    expect(page.url()).toBe(url("/document#"));
  });

  test("is found again where the session has ended meanwhile", async () => {
    await signIn();
    await context.clearCookies({ domain: new URL(target.appUrl).hostname });
    await page.goto("about:blank");
    await page.goto(url(`${home}#/again`));
    // The hosted sign-in still knows the browser.
    await heading("The app");
    expect(page.url()).toBe(url(`${home}#/again`));
  });
});
