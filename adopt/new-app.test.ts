import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, inject, test } from "vitest";

import {
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../acceptance/support/browser.ts";
import { send } from "../acceptance/support/client.ts";
import {
  countLines,
  create,
  emptyFolder,
  linkPlatform,
  managers,
  takeTarballs,
} from "./support/apps.ts";
import { mustRun, startApp } from "./support/program.ts";

/** Of the plan of every app: nothing is wrong, and the guard is the same bytes. */
const asEverywhere = { violations: [], guard: { sha256: inject("packed").guardSha256 } };

/** What somebody who begins has to read. */
const sizes = {
  hello: { files: 10, lines: 96, code: 52 },
  express: { files: 10, lines: 113, code: 67 },
} as const;

const combinations = (["hello", "express"] as const).flatMap((template) =>
  managers.map((manager) => ({ template, manager, size: sizes[template] })),
);

describe.each(combinations)("$template with $manager.name", ({ template, manager, size }) => {
  test("goes from an empty folder to a signed answer, a passing test and a clean plan", async () => {
    const began = performance.now();
    const home = await emptyFolder();
    const made = await create(home, "my-shop", "--template", template);
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const app = join(home, "my-shop");
    const counted = await countLines(app);
    expect(counted).toEqual(size);

    await takeTarballs(app);
    await mustRun(app, ...manager.install);
    const installed = performance.now();
    const { started, stop } = await startApp(app);
    try {
      const ask = async (path: string, token?: string) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const answer = await send(started.appUrl, { path, headers });
        return { status: answer.status, body: answer.json() };
      };
      const [person] = started.users;
      const { access } = started.tokens;
      expect(await ask("/", access)).toMatchObject({
        status: 200,
        body: {
          message: "Hello, world!",
          caller: { kind: "user", username: person?.username, groups: [] },
        },
      });
      console.log(
        `${template}, ${manager.name}: ${size.files} files, ${size.lines} lines, ${size.code} of TypeScript; ${seconds(began, installed)} s to installed, ${seconds(began, performance.now())} s to the signed answer`,
      );
      expect(await ask("/")).toMatchObject({ status: 401, body: { code: "token_missing" } });
      expect(await ask("/public/health")).toEqual({ status: 200, body: { ok: true } });
      expect(await ask("/admin/report", access)).toMatchObject({
        status: 403,
        body: { code: "access_denied" },
      });
    } finally {
      expect(await stop()).toBe(0);
    }

    console.log(`ready ${await secondsToReady(app)} s after startGatehouse()`);
    expect(await checked(app)).toMatchObject({ app: "my-shop", stage: "anna", ...asEverywhere });
  });
});

test("the template mcp goes from an empty folder to a passing test and a clean plan", async () => {
  const { plan } = await tryTemplate("mcp");
  expect(plan).toMatchObject({ app: "my-mcp", ...asEverywhere });
});

test("the template spa does, too, and its page knows who signs in, is refused and signs out", async ({
  skip,
}) => {
  const { app, plan } = await tryTemplate("spa");
  expect(plan).toMatchObject({ app: "my-spa", ...asEverywhere });
  skip(!isInstalled, `Chromium is not at ${executablePath}`);
  // `npm test` has built the page.
  const { started, stop } = await startApp(app);
  const browser = await startBrowser();
  try {
    const page = await browser.context.newPage();
    const [alice] = started.users;
    if (alice === undefined) throw new Error("there is nobody who can sign in");
    await page.goto(`${started.appUrl}/any/page`);
    await fillForm(page, alice);
    await page.getByText(`You are ${alice.username}.`, { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/any/page");
    await page.click("text=Show the report");
    await page.getByText("This needs one of the groups admin.").waitFor();
    await page.click("text=Sign out");
    await page.getByText("You are signed out").waitFor();
    // There is no page for nobody: the hosted sign-in asks again.
    await page.goto(started.appUrl);
    await page.locator("input[name=username]:visible").waitFor();
  } finally {
    await browser.close();
    expect(await stop()).toBe(0);
  }
});

/** Makes an app of a template and installs it. @returns its folder and plan. */
async function tryTemplate(template: string): Promise<{ app: string; plan: unknown }> {
  const home = await emptyFolder();
  const name = `my-${template}`;
  expect(await create(home, name, "--template", template)).toMatchObject({ code: 0, stderr: "" });
  const app = join(home, name);
  await takeTarballs(app);
  await mustRun(app, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund");
  return { app, plan: await checked(app) };
}

/** Sees that the types and the own tests of an installed app are fine. @returns its plan. */
async function checked(app: string): Promise<unknown> {
  await mustRun(app, join(app, "node_modules/.bin/tsc"));
  expect(await mustRun(app, "npm", "test")).toContain("2 passed");
  await linkPlatform(app);
  const gatehouse = join(app, "node_modules/.bin/gatehouse");
  return JSON.parse(await mustRun(app, gatehouse, "plan", "--stage", "anna", "--json"));
}

/** How long a test of the app's own waits for the whole chain. */
async function secondsToReady(app: string): Promise<string> {
  const script = `import { startGatehouse } from "sst-gatehouse-dev/testing";
const began = performance.now();
const gate = await startGatehouse();
console.log(((performance.now() - began) / 1000).toFixed(1));
await gate.close();`;
  return (await mustRun(app, "node", "--input-type=module", "--eval", script)).trim();
}

function seconds(from: number, to: number): string {
  return ((to - from) / 1000).toFixed(1);
}

test("a folder that is not empty stays as it is", async () => {
  const home = await emptyFolder();
  await mustRun(home, "sh", "-c", "mkdir taken && echo mine > taken/notes.txt");
  const { code, stdout, stderr } = await create(home, "taken");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe("taken is not empty. Choose a folder that is, or one that does not exist.\n");
  expect(await readdir(join(home, "taken"))).toEqual(["notes.txt"]);
});

test("says what comes next, and how the app is called where its folder's name will not do", async () => {
  const home = await emptyFolder();
  const { code, stdout } = await create(home, "My Shop");
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `Made My Shop, and named the app my-shop. Next:

  cd "My Shop"
  npm install
  npm start
`,
  });
});

test("explains itself, and what it did not understand", async () => {
  const home = await emptyFolder();
  const help = await create(home, "--help");
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain("npm create sst-gatehouse@latest <folder>");
  for (const [args, why] of [
    [[], "Name one folder for the new app."],
    [["a", "b"], "Name one folder for the new app."],
    [["a", "--template", "vue"], "There is no template vue; there are express, hello, mcp, spa."],
    [["a", "--force"], "Unknown option '--force'"],
  ] as const) {
    const refused = await create(home, ...args);
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(why);
    expect(refused.stderr).toContain(help.stdout.trim());
  }
  expect(await readdir(home)).toEqual([]);
});
