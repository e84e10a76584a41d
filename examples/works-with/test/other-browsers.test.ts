import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { behindTls } from "./behind-tls";
import { playedGate } from "./gate";
import { otherBrowsers, type Window } from "./windows";

// Each test goes through several sign-ins.
vi.setConfig({ testTimeout: 60_000 });
const gate = playedGate();

/** Another site: what it shows is in its address. */
const elsewhere = createServer(({ url = "" }, response) =>
  response
    .setHeader("content-type", "text/html")
    .end(`<!doctype html><title>elsewhere</title>${decodeURIComponent(url.slice(1))}`),
);
beforeAll(() => new Promise<void>((resolve) => elsewhere.listen(0, "localhost", resolve)));
afterAll(() => void elsewhere.close());

describe.each(otherBrowsers)("in $name", ({ absent, keepsCookies, start }) => {
  let window: Window;
  let tls: Awaited<ReturnType<typeof behindTls>>;
  beforeAll(async () => {
    if (absent !== undefined) return;
    window = await start();
    console.info(window.version);
    tls = await behindTls(gate.current.url);
  });
  afterAll(async () => {
    await window?.close();
    tls?.close();
  });
  beforeEach(({ skip }) => skip(absent !== undefined, absent));
  /** An address of the app by https, as on AWS. */
  const secure = (path: string) => tls.at(`${gate.current.url}${path}`);

  /** Until it is so. A window that goes from page to page meanwhile has no answer. */
  const becomes = (expression: string, timeout = 10_000) =>
    expect.poll(() => window.evaluate(expression).catch(() => undefined), { timeout });
  const heading = "document.querySelector('h1')?.textContent";
  const who = "document.querySelector('#who')?.textContent";
  const visitElsewhere = (content: string) =>
    window.open(
      `http://localhost:${(elsewhere.address() as AddressInfo).port}/${encodeURIComponent(content)}`,
    );

  /** Until somebody is signed in there, or is asked to. */
  async function enter(url: string): Promise<void> {
    await window.open(url);
    await becomes(`${who} ?? ${heading}`).toMatch(/^alice$|^Sign in$/);
  }
  /** Sends Cognito's form, which its page has twice, and shows once. */
  async function fillIn(): Promise<void> {
    const [alice] = gate.current.users;
    await becomes(`(() => {
      const field = (name) =>
        [...document.getElementsByName(name)].find((input) => input.offsetParent !== null);
      const password = field("password");
      if (password === undefined) return false;
      field("username").value = ${JSON.stringify(alice?.username)};
      password.value = ${JSON.stringify(alice?.password)};
      setTimeout(() => password.form.requestSubmit());
      return true;
    })()`).toBe(true);
  }
  /** Opens a page, and signs in where that is asked for. */
  async function open(url: string): Promise<void> {
    await enter(url);
    if ((await window.evaluate(who)) === "alice") return;
    await fillIn();
    await becomes(who).toBe("alice");
  }
  async function signOut(): Promise<void> {
    await window.evaluate("void setTimeout(() => { location.href = '/.auth/logout'; })");
    await becomes(heading).toBe("You are signed out");
  }

  test.skipIf(keepsCookies)("over http, the session is not kept, and a page says so", async () => {
    await enter(`${gate.current.url}/echo/page`);
    await fillIn();
    // Once it is tried by itself.
    await becomes("location.search").toContain("state=1");
    await fillIn();
    await becomes("document.body.innerText").toContain(
      "This browser did not keep the cookie of its sign-in.",
    );
  });

  test("signs in, keeps session and fragment, and signs out, at each address", async () => {
    const { url, outputs } = gate.current;
    const local = keepsCookies ? [url, outputs.appUrl] : [];
    for (const address of [...local, tls.at(url), tls.at(outputs.appUrl)]) {
      await open(`${address}/echo/page#/orders/5`);
      await window.reload();
      await becomes(who).toBe("alice");
      expect(await window.evaluate("location.href")).toBe(`${address}/echo/page#/orders/5`);
      expect(await window.evaluate("fetch('/.auth/me').then((answer) => answer.status)")).toBe(200);
      await signOut();
      await window.open(`${address}/echo/page`);
      await becomes(heading).toBe("Sign in");
    }
  });

  test("a page that was left open for an hour loads what it needs, and stays signed in", async () => {
    await open(secure("/echo/page"));
    const loads: [what: string, load: string, loaded: unknown][] = [
      [
        "an image",
        `new Promise((resolve) => {
          const image = new Image();
          image.onload = () => resolve("loaded");
          image.onerror = () => resolve("broken");
          image.src = "/echo/pixel?" + Math.random();
        })`,
        "loaded",
      ],
      ["a script", `import("/echo/chunk.js?" + Math.random()).then((it) => it.answer)`, 42],
      [
        "an event source",
        `new Promise((resolve) => {
          const source = new EventSource("/echo/events");
          source.onmessage = ({ data }) => { source.close(); resolve(data); };
          source.onerror = () => { source.close(); resolve("error"); };
        })`,
        "one",
      ],
      [
        "a call that reads",
        `fetch("/echo/a").then((answer) => answer.json()).then((it) => it.who)`,
        "alice",
      ],
      [
        "fifty images",
        `Promise.all(Array.from({ length: 50 }, (_none, index) => new Promise((resolve) => {
          const image = new Image();
          image.onload = () => resolve("loaded");
          image.onerror = () => resolve("broken");
          image.src = "/echo/pixel?" + index + Math.random();
        }))).then((all) => [...new Set(all)].join())`,
        "loaded",
      ],
    ];
    for (const [what, load, loaded] of loads) {
      gate.current.clock.advance(3700);
      expect([what, await window.evaluate(load)]).toEqual([what, loaded]);
    }
    gate.current.clock.advance(3700);
    const { length } = gate.current.log;
    expect(await window.evaluate(`navigator.sendBeacon("/echo/left", "at noon")`)).toBe(true);
    const arrived = () =>
      gate.current.log.slice(length).filter((line) => line.startsWith("guard: forwarded POST"));
    await expect.poll(arrived, { timeout: 10_000 }).toHaveLength(1);
    gate.current.clock.advance(3700);
    await window.reload();
    await becomes(who).toBe("alice");
  });

  test("a page behind Workbox's worker is reached signed in, after the hour, from another site, and signed out", async () => {
    const url = secure("/pwa/");
    await open(url);
    await becomes("document.title").toBe("ready");
    await window.reload();
    await becomes("navigator.serviceWorker.controller !== null").toBe(true);
    for (const seconds of [11, 3700]) {
      gate.current.clock.advance(seconds);
      await window.reload();
      await becomes(who).toBe("alice");
      gate.current.clock.advance(seconds);
      await visitElsewhere(`<a href="${url}">the app</a>`);
      await window.evaluate("void setTimeout(() => document.querySelector('a').click())");
      await becomes(who).toBe("alice");
    }
    await signOut();
    await window.open(url);
    await becomes(heading).toBe("Sign in");
    await open(url);
    await window.evaluate("navigator.serviceWorker.ready.then((worker) => worker.unregister())");
  });

  test("another site's frame shows nothing, and its form is not carried out", async () => {
    await open(secure("/echo/page"));
    const before = gate.current.log.length;
    await visitElsewhere(
      `<iframe src="${secure("/echo/framed")}"></iframe>
       <form method=post action="${secure("/echo/posted")}"></form>`,
    );
    await window.evaluate("void setTimeout(() => document.querySelector('form').submit())");
    // Where the browser is sent to sign in, and Cognito may know it.
    await becomes(heading).toMatch(/^You are signed in$|^Sign in$/);
    const log = gate.current.log.slice(before);
    expect(log.filter((line) => line.includes("forwarded"))).toEqual([]);
    expect(log).toContainEqual(
      expect.stringMatching(/^guard: 401 token_missing GET .* as anonymous/),
    );
  });
});
