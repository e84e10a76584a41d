import { createHash, randomBytes } from "node:crypto";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { sample } from "../sample/sample.ts";
import {
  type Browser,
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../support/browser.ts";
import { builtOnce } from "./built.ts";

// What a page of the app does with packages/client, through the whole chain.

const bytes = randomBytes(4 * 1024 * 1024);
const sha256 = createHash("sha256").update(bytes).digest("hex");

let stack: Stack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  stack = await startStack({
    project: sample,
    codeSource: builtOnce,
    port: 0,
    explain: () => undefined,
  });
  if (!isInstalled) return;
  browser = await startBrowser();
  page = await browser.context.newPage();
  const [user] = stack.outputs.users;
  if (user === undefined) throw new Error("the stack has no user");
  await page.goto(`${stack.outputs.appUrl}/me`);
  await fillForm(page, user);
  await page.addScriptTag({ content: await bundledClient() });
  await page.addScriptTag({
    content: `content = Uint8Array.from(atob("${bytes.toString("base64")}"), (each) => each.charCodeAt(0));`,
  });
});
afterAll(async () => {
  if (isInstalled) await browser.close();
  await stack.close();
});
beforeEach(({ skip }) =>
  skip(!isInstalled, `Chromium is not at ${executablePath}; see the README`),
);

/** `createFetch` as a page would load it, under a global name. */
async function bundledClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["@sst-gatehouse/client"],
    absWorkingDir: import.meta.dirname,
    bundle: true,
    write: false,
    format: "iife",
    globalName: "gatehouse",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

const photo = randomBytes(2_500_000);

/** A window with a form as people write one, and a photo chosen. */
async function showForm(): Promise<Page> {
  const form = await browser.context.newPage();
  await form.goto(`${stack.outputs.appUrl}/me`);
  await form.addScriptTag({ content: await bundledClient() });
  await form.evaluate(() => {
    document.body.innerHTML = `<form method="post" action="/files" enctype="multipart/form-data">
      <input name="title" value="Überraschung"><input type="file" name="photo"><button>Send</button></form>`;
  });
  const file = { name: "photo.jpg", mimeType: "image/jpeg", buffer: photo };
  await form.setInputFiles("input[type=file]", file);
  return form;
}

interface Result {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Uploads the 4 MB by an expression that gives a `fetch`, with more headers where some are given. */
function upload(by: string, headers = "{}"): Promise<Result> {
  return page.evaluate(`(async () => {
    const response = await (${by})("/files", { method: "POST", headers: ${headers}, body: content });
    return { status: response.status, body: await response.json() };
  })()`);
}

const client = "gatehouse.createFetch()";
const arrived = { status: 200, body: { sha256, bytes: bytes.length } };

describe("4 MB from a page", () => {
  test("without the hash are refused by a text that is enough to mend it", async () => {
    const { status, body } = await upload("fetch");
    expect([status, body["code"]]).toEqual([413, "body_hash_required"]);
    expect(body["detail"]).toContain(
      "Send the header x-amz-content-sha256 with the SHA-256 of the whole body as 64 lower-case hex digits.",
    );
    const digest = `Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", content)), (byte) => byte.toString(16).padStart(2, "0")).join("")`;
    expect(await upload("fetch", `{ "x-amz-content-sha256": ${digest} }`)).toEqual(arrived);
  });

  test("through the client arrive byte for byte", async () => {
    expect(await upload(client)).toEqual(arrived);
  });

  test("with one byte changed on the way are refused", async () => {
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 1] = (flipped[bytes.length - 1] ?? 0) ^ 1;
    await page.route("**/files", (route) => route.continue({ postData: flipped }));
    const { status } = await upload(client);
    await page.unroute("**/files");
    expect(status).toBe(403);
  });

  test("of a form, without the client, are answered by a page in a person's words", async () => {
    const form = await showForm();
    await Promise.all([form.waitForNavigation(), form.click("button")]);
    expect(await form.getByRole("heading", { level: 1 }).textContent()).toBe("Too large to send");
    expect(await form.textContent("main")).toContain(
      "This form was not sent: it is larger than 1 MB, files included.",
    );
    expect(await form.textContent("main")).not.toMatch(/x-amz|hex|CloudFront|Lambda/);
    await form.close();
  });

  test("of a form, with the client, arrive, also after the session has expired", async () => {
    for (const seconds of [0, 3700]) {
      stack.clock.advance(seconds);
      const form = await showForm();
      await form.evaluate("gatehouse.uploadForms()");
      await Promise.all([form.waitForNavigation(), form.click("button")]);
      const { bytes: sent } = JSON.parse((await form.textContent("body")) ?? "");
      expect(sent).toBeGreaterThan(photo.length);
      expect(sent).toBeLessThan(photo.length + 1000);
      expect(form.url()).toMatch(/^blob:/);
      await form.close();
    }
  });

  const forms: [what: string, attributes: string, handled: boolean][] = [
    ["a form with a photo", "", true],
    ["one whose button says how", `method="get" data-button='formmethod="post"'`, true],
    ["one whose button says otherwise", `data-button='formmethod="get"'`, false],
    ["a form that goes to another window", `target="_blank"`, false],
    ["a form that goes to another origin", `action="https://elsewhere.example/files"`, false],
    ["a form that sends names only", `enctype="application/x-www-form-urlencoded"`, false],
    ["a form that another script has taken over", `data-taken="1"`, false],
    ["a form with a small file", `data-bytes="1000"`, false],
    ["a form with a film", `data-bytes="5000000"`, false],
  ];
  test("of a form are taken over where the browser cannot send them, and nowhere else", async () => {
    const form = await showForm();
    const handled = await form.evaluate(
      async (written) => {
        const { uploadForms } = Reflect.get(globalThis, "gatehouse");
        const sent: string[] = [];
        let fail = (_error: string): void => undefined;
        const stop = uploadForms({
          fetch: async (request: Request, init: RequestInit) => {
            const isLarge = init.body instanceof Blob && init.body.size > 1_000_000;
            sent.push(`${request.method} ${new URL(request.url).pathname} ${isLarge}`);
            sent.push(request.headers.get("x-amz-content-sha256") ?? "no hash");
            throw new TypeError("cut off");
          },
          failed: (error: unknown) => fail(String(error)),
        });
        const outcomes: unknown[] = [];
        for (const attributes of written) {
          document.body.innerHTML = `<form ${attributes} method="post" action="/files" enctype="multipart/form-data">
          <input type="file" name="photo"></form>`;
          const shown = document.querySelector("form");
          const input = document.querySelector("input");
          if (shown === null || input === null) throw new Error("no form");
          shown.insertAdjacentHTML(
            "beforeend",
            `<button ${shown.dataset["button"] ?? ""}>Send</button>`,
          );
          const files = new DataTransfer();
          const content = new Uint8Array(Number(shown.dataset["bytes"] ?? 2_500_000));
          files.items.add(new File([content], "photo.jpg"));
          input.files = files.files;
          if (shown.dataset["taken"] !== undefined)
            shown.addEventListener("submit", (event) => event.preventDefault());
          // Whether it is taken over is known at once; how that ends is not.
          const left = new Promise<boolean>((resolve) => {
            const last = (event: Event): void => {
              resolve(!event.defaultPrevented);
              event.preventDefault();
            };
            window.addEventListener("submit", last, { once: true });
          });
          const failure = new Promise<string>((resolve) => (fail = resolve));
          sent.length = 0;
          document.querySelector("button")?.click();
          const isTaken = !(await left) && shown.dataset["taken"] === undefined;
          const ended = isTaken ? await failure : "";
          outcomes.push({ left: await left, ended, sent: [...sent] });
        }
        stop();
        return outcomes;
      },
      forms.map(([, attributes]) => attributes),
    );
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    const taken = {
      left: false,
      ended: "TypeError: cut off",
      sent: ["POST /files true", hash],
    };
    expect(handled).toEqual(
      forms.map(([, attributes, isHandled]) =>
        isHandled ? taken : { left: !attributes.includes("taken"), ended: "", sent: [] },
      ),
    );
    await form.close();
  });

  test("are sent again by themselves after the session has expired", async () => {
    stack.clock.advance(3700);
    expect(await upload(client)).toEqual(arrived);
  });
});

test("a page that keeps its session is renewed ahead of the hour", async () => {
  const me = async (): Promise<number> =>
    Number(
      await page.evaluate(`fetch("/.auth/me").then((me) => me.json()).then((me) => me.expiresAt)`),
    );
  await page.reload();
  await page.addScriptTag({ content: await bundledClient() });
  const before = await me();
  stack.clock.advance(before - 200 - stack.clock.now() / 1000);
  const renewed = page.waitForResponse((response) => response.url().endsWith("/.auth/refresh"));
  await page.evaluate("void gatehouse.keepSession()");
  expect((await renewed).status()).toBe(204);
  // A token is good for an hour from some second between the clock's leap and now.
  const after = await me();
  expect(after).toBeGreaterThanOrEqual(before - 200 + 3600);
  expect(after).toBeLessThanOrEqual(stack.clock.now() / 1000 + 3600);
});
