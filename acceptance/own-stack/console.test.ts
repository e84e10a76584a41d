import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { gatherLines } from "@sst-gatehouse/deploy/gather-lines";
import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { emptyAccount } from "@sst-gatehouse/local/test/account-state";
import { startAccount } from "@sst-gatehouse/local/test/played-account";
import type { Page } from "playwright-core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { sample } from "../sample/sample.ts";
import { type Browser, executablePath, isInstalled, startBrowser } from "../support/browser.ts";
import { send, signedForFunctionUrl, type Answer, type Sent } from "../support/client.ts";
import { createLeakFinder, secretsOfStack } from "../support/leaks.ts";
import { builtOnce } from "./built.ts";

let stack: Stack;
/** Everything that the terminal was told. */
const terminal: string[] = [];
/** Lines of the logs, as they were written. */
const logged: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    project: sample,
    codeSource: builtOnce,
    port: 0,
    explain(from, reason, details = [], about) {
      terminal.push(`${from}: ${reason}`, ...details);
      if (about?.line) logged.push(JSON.stringify(about.line));
    },
  });
});
afterAll(() => stack.close());

const consoleOf = () => new URL(stack.outputs.consoleUrl);
const secret = () => ({ "x-gatehouse-console": consoleOf().hash.slice(1) });
const toConsole = (path: string, sent: Partial<Sent> = {}): Promise<Answer> =>
  send(consoleOf().origin, { path, headers: secret(), ...sent });
const asAlice = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(stack.outputs.appUrl, {
    path,
    headers: { authorization: `Bearer ${stack.outputs.tokens.id}`, ...headers },
  });
const detailsOf = async (id: string): Promise<string> =>
  (await toConsole(`/request?id=${encodeURIComponent(id)}`)).text();

/** Signed, and then sent with another method: the signer meant GET. */
async function wronglySigned(): Promise<void> {
  const signed = signedForFunctionUrl(stack.outputs, stack.outputs.credentials.service, {
    path: "/echo",
  });
  const answer = await send(stack.outputs.functionUrl, { ...signed, method: "HEAD" });
  expect(answer.status).toBe(403);
}

describe("the console", () => {
  test("gives its page to anybody, and the page holds no secret", async () => {
    const page = await send(consoleOf().origin, { path: "/" });
    expect([page.status, page.header("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.header("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(page.text()).not.toContain(secret()["x-gatehouse-console"]);
  });

  test.each<[what: string, sent: () => Partial<Sent>, status: number]>([
    ["no secret", () => ({ headers: {} }), 403],
    ["another secret", () => ({ headers: { "x-gatehouse-console": "a".repeat(32) } }), 403],
    [
      "half a secret",
      () => ({ headers: { "x-gatehouse-console": consoleOf().hash.slice(1, 17) } }),
      403,
    ],
    [
      "another origin's page",
      () => ({ headers: { ...secret(), origin: "https://evil.example" } }),
      403,
    ],
    ["a page of the app", () => ({ headers: { ...secret(), origin: stack.outputs.appUrl } }), 403],
    [
      "a page of a sibling",
      () => ({ headers: { ...secret(), "sec-fetch-site": "same-site" } }),
      403,
    ],
    ["no origin", () => ({ headers: { ...secret(), origin: "null" } }), 403],
    ["another Host", () => ({ headers: { ...secret(), host: "evil.example" } }), 421],
    [
      "its own page",
      () => ({
        headers: { ...secret(), origin: consoleOf().origin, "sec-fetch-site": "same-origin" },
      }),
      200,
    ],
  ])("answers a call with %s accordingly", async (_what, sent, status) => {
    await asAlice("/me");
    const answers = [
      await toConsole("/requests?after=0", sent()),
      await toConsole("/token", { method: "POST", body: Buffer.from("alice"), ...sent() }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([status, status]);
    for (const answer of answers)
      expect(answer.header("access-control-allow-origin")).toBe(undefined);
    const texts = answers.map((answer) => answer.text()).join();
    expect(texts.includes("eyJ")).toBe(status === 200);
  });

  test("answers no preflight, and nothing else", async () => {
    const headers = { ...secret(), origin: "https://evil.example" };
    const preflight = await toConsole("/requests", { method: "OPTIONS", headers });
    expect([preflight.status, preflight.header("access-control-allow-headers")]).toEqual([
      403,
      undefined,
    ]);
    expect((await toConsole("/nowhere")).status).toBe(404);
    expect((await toConsole("/request?id=x")).status).toBe(404);
    expect((await toConsole("/requests?after=x")).status).toBe(400);
    const nobody = await toConsole("/token", { method: "POST", body: Buffer.from("nobody") });
    expect([nobody.status, nobody.text()]).toEqual([404, "There is nobody of that name here."]);
  });

  test("does not listen at the app's address, nor the app at its own", async () => {
    const answer = await send(stack.outputs.appUrl, { path: "/requests", headers: secret() });
    expect(answer.status).toBe(401);
  });

  test("shows a text from outside as text", async () => {
    const answer = await asAlice("/echo/%3Cimg%20src=x%20onerror=alert(1)%3E", {
      "user-agent": "<b>x</b>",
    });
    const shown = await detailsOf(answer.header("x-amz-cf-id") ?? "");
    expect(shown).toContain("&lt;b&gt;x&lt;/b&gt;");
    expect(shown).not.toMatch(/<img|<b>x/);
  });

  test("keeps a bounded number of requests", async () => {
    for (let count = 0; count < 210; count += 1)
      await send(stack.outputs.appUrl, { path: "/public/x" });
    const { requests } = (await toConsole("/requests?after=0")).json<{ requests: unknown[] }>();
    expect(requests).toHaveLength(200);
  });
});

test("one request is followed by its id through guard, backend, console and the logs of five regions", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const answer = await asAlice("/nowhere-to-be-found", {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  });
  const problem = answer.json<{ requestId: string; code: string }>();
  const id = answer.header("x-amz-cf-id") ?? "";
  expect([answer.status, problem.code, problem.requestId]).toEqual([404, "not_found", id]);
  const ofRequest = await vi.waitFor(() => {
    const found = logged.filter((line) => line.includes(id));
    expect(found).toHaveLength(2);
    return found;
  });
  const [guard, backend] = ofRequest.map((line): Record<string, unknown> => JSON.parse(line));
  expect(guard).toMatchObject({ by: "guard", requestId: id, trace: traceId, outcome: "forwarded" });
  expect(backend).toMatchObject({ by: "backend", requestId: id, trace: traceId, status: 404 });

  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../docs/logs.schema.json"), "utf8"),
  );
  const isLine = new Ajv2020({ formats: { uri: (text) => URL.canParse(text) } }).compile(schema);
  expect(logged.length).toBeGreaterThan(200);
  expect(logged.filter((line) => !isLine(JSON.parse(line)))).toEqual([]);

  const shown = await detailsOf(id);
  for (const words of [
    "received GET /nowhere-to-be-found",
    "forwarded GET rule",
    "sends on what the guard returned",
    "the signature is right, and arn:aws:sts::123456789012:assumed-role/",
    "404 GET in ",
    "answered 404",
    `trace: ${traceId}`,
  ])
    expect(shown).toContain(words);

  // The guard's line in one of five regions, the backend's at home, among lines of other requests.
  const account = await startAccount({
    ...emptyAccount(),
    logGroups: ["us-east-1", "eu-central-1", "ap-south-1", "sa-east-1", "eu-west-2"]
      .map((region, index) => ({
        region,
        logGroupName: "/guard",
        events: logged
          .filter(
            (line) => line.includes('"by":"guard"') && (line.includes(id) ? index === 3 : true),
          )
          .slice(-20)
          .map((message, second) => ({ logStreamName: "s", timestamp: second, message })),
      }))
      .concat([
        {
          region: "eu-west-1",
          logGroupName: "/api",
          events: logged
            .filter((line) => line.includes('"by":"backend"'))
            .map((message) => ({ logStreamName: "s", timestamp: 99, message })),
        },
      ]),
  });
  onTestFinished(() => account.close());
  const places = account.state.logGroups.map(({ region, logGroupName }) => ({
    region,
    group: logGroupName,
    from: logGroupName,
  }));
  const { lines, silent } = await gatherLines(
    (region) =>
      new CloudWatchLogsClient({ region, endpoint: account.url, credentials: account.credentials }),
    places,
    { since: 0, request: id },
  );
  expect(silent).toEqual([]);
  expect(lines.map(({ region, text }) => [region, text])).toEqual([
    ["sa-east-1", ofRequest[0]],
    ["eu-west-1", ofRequest[1]],
  ]);

  const leaksIn = createLeakFinder(await secretsOfStack(stack));
  const { requests } = (await toConsole("/requests?after=0")).json<{
    requests: { id: string; summary: string }[];
  }>();
  const details = await Promise.all(requests.map((each) => detailsOf(each.id)));
  const everything = [
    ...terminal,
    ...logged,
    ...requests.map(({ summary }) => summary),
    ...details,
  ];
  expect(details.join("").length).toBeGreaterThan(100_000);
  expect(everything.flatMap((text) => leaksIn(text))).toEqual([]);
});

describe.skipIf(!isInstalled)(`in Chromium (${executablePath})`, () => {
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
    page = await browser.context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await page.setViewportSize({ width: 1100, height: 800 });
    await page.goto(stack.outputs.consoleUrl);
  });
  afterAll(() => browser.close());

  test("a newcomer's wrong signature is explained, and the line that differs is marked", async () => {
    await wronglySigned();
    const row = page.locator("details", { hasText: "the signature is wrong" }).first();
    await row.locator("summary").focus();
    await page.keyboard.press("Enter");
    await row.locator("table").waitFor();
    expect(await row.locator(".reason").textContent()).toContain(
      "it would be right for the method GET",
    );
    expect(await row.locator("tr.differs td").allTextContents()).toEqual(["HEAD", "GET"]);
    expect(page.url()).toBe(`${consoleOf().origin}/`);
    const picture = process.env["GATEHOUSE_PICTURE"];
    if (picture !== undefined) await page.screenshot({ path: picture });
  });

  test("a caller whom no policy lets in is told the statement", async () => {
    const stranger = signedForFunctionUrl(stack.outputs, stack.outputs.credentials.stranger, {
      path: "/echo",
    });
    await send(stack.outputs.functionUrl, stranger);
    const row = page.locator("details", { hasText: "may not lambda:InvokeFunctionUrl" }).first();
    await row.locator("summary").click();
    const told = row.locator("li pre", { hasText: "lambda:InvokeFunctionUrl: " });
    expect(await told.textContent()).toContain("lambda:InvokeFunctionUrl: no policy is attached");
  });

  test("a tab that is loaded again goes on, and another tab does not", async () => {
    await page.reload();
    await page.locator("details").first().waitFor();
    const other = await browser.context.newPage();
    await other.goto(`${consoleOf().origin}/`);
    await other.getByText("Open the address that start printed").waitFor();
    expect(await other.locator("details").count()).toBe(0);
    await other.close();
  });

  test("a curl line calls the app as whoever is chosen", async () => {
    await page.selectOption("#person", "ada");
    await page.getByRole("button", { name: "Make a curl line" }).click();
    const shown = page.locator("#curl");
    await shown.waitFor();
    const line = await shown.textContent();
    const [, token = ""] = /Bearer ([\w.-]+)'$/.exec(line ?? "") ?? [];
    expect(line).toBe(`curl ${stack.outputs.loopbackUrl}/ -H 'Authorization: Bearer ${token}'`);
    const headers = { authorization: `Bearer ${token}` };
    const me = await send(stack.outputs.appUrl, { path: "/me", headers });
    expect(me.json()).toMatchObject({ kind: "user", username: "ada" });
  });

  test.each(["light", "dark"] as const)("is readable in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const contrast = await page.evaluate(() => {
      const luminance = (color: string): number => {
        const parts = (color.match(/\d+(\.\d+)?/g) ?? []).slice(0, 3).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        const [red = 0, green = 0, blue = 0] = parts;
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const paper = luminance(getComputedStyle(document.querySelector("main")!).backgroundColor);
      return [...document.querySelectorAll("summary, .bad, h1, label, .ms")].map((element) => {
        const ink = luminance(getComputedStyle(element).color);
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      });
    });
    expect(contrast.length).toBeGreaterThan(5);
    expect(Math.min(...contrast)).toBeGreaterThan(4.5);
  });

  test("the page has run without a fault", () => {
    expect(faults).toEqual([]);
  });
});
