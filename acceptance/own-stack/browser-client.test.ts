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

  test("are sent again by themselves after the session has expired", async () => {
    stack.clock.advance(3700);
    expect(await upload(client)).toEqual(arrived);
  });
});
