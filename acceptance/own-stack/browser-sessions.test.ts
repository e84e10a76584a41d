import { createServer } from "node:http";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { sample } from "../sample/sample.ts";
import { app } from "../sample/stages.ts";
import { callApi } from "../support/client.ts";
import type { Target } from "../support/target.ts";
import { builtOnce } from "./built.ts";
import {
  type Browser,
  countRedirects,
  executablePath,
  fillForm,
  isInstalled,
  startBrowser,
} from "../support/browser.ts";

// A separate stack, whose clock these tests move.

let stack: Stack;
let target: Target;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let user: Target["users"][number];

beforeAll(async () => {
  stack = await startStack({
    project: sample,
    codeSource: builtOnce,
    port: 0,
    explain: () => undefined,
  });
  target = stack.outputs;
  const [first] = target.users;
  if (first === undefined) throw new Error("the stack has no user");
  user = first;
  if (!isInstalled) return;
  browser = await startBrowser();
  ({ context } = browser);
});
afterAll(async () => {
  if (isInstalled) await browser.close();
  await stack.close();
});
beforeEach(async ({ skip }) => {
  skip(!isInstalled, `Chromium is not at ${executablePath}; see the README`);
  await context.clearCookies();
  page = await context.newPage();
});
afterEach(async () => {
  await Promise.all(
    context
      .pages()
      .slice(1)
      .map((other) => other.close()),
  );
});

const url = (path: string): string => `${target.appUrl}${path}`;

async function signIn(path = "/echo"): Promise<void> {
  await page.goto(url(path));
  await fillForm(page, user);
}

/** Who the app says is signed in, asked by a script of the page. */
const me = (on: Page): Promise<unknown> =>
  on.evaluate(async () => {
    const response = await fetch("/.auth/me");
    const body = await response.json();
    return response.ok ? body.username : body.code;
  });

/** Names of the cookies that are the session. */
async function sessionCookies(): Promise<string[]> {
  const cookies = await context.cookies(target.appUrl);
  return cookies
    .map(({ name }) => name)
    .filter((name) => name.startsWith("__Host-Http-gatehouse-session."));
}

/** An administrator's call, signed by the clock of the stack. */
async function asAdmin(operation: string, input: object): Promise<void> {
  const date = new Date(stack.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const answer = await callApi(target, operation, input, target.credentials.admin, {
    "x-amz-date": date,
  });
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.text()}`);
}

function adminCall(operation: string, username: string, input: object = {}): Promise<void> {
  const UserPoolId = target.userPoolId;
  return asAdmin(`AWSCognitoIdentityProviderService.${operation}`, {
    UserPoolId,
    Username: username,
    ...input,
  });
}

async function newUser(username: string): Promise<{ username: string; password: string }> {
  const password = "Correct-horse-1";
  await adminCall("AdminCreateUser", username, { MessageAction: "SUPPRESS" });
  await adminCall("AdminSetUserPassword", username, { Password: password, Permanent: true });
  return { username, password };
}

describe("signing in", () => {
  test("returns to the deep link with its query", async () => {
    const redirects = countRedirects(page);
    await signIn("/echo/deep?x=1&y=a%20b&x=2");
    expect(page.url()).toBe(url("/echo/deep?x=1&y=a%20b&x=2#"));
    expect(await page.textContent("body")).toContain('"query":"x=1&y=a%20b&x=2"');
    expect(redirects()).toBeLessThanOrEqual(5);
    expect(await sessionCookies()).toEqual(["__Host-Http-gatehouse-session.1of1"]);
    for (const cookie of await context.cookies(target.appUrl)) {
      expect(cookie).toMatchObject({
        domain: "app.localhost",
        path: "/",
        httpOnly: true,
        secure: true,
        sameSite: "Lax",
      });
    }
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("in two tabs at the same time brings each to its own page", async () => {
    const other = await context.newPage();
    await Promise.all([page.goto(url("/echo/one")), other.goto(url("/echo/two"))]);
    await fillForm(page, user);
    expect(page.url()).toBe(url("/echo/one#"));
    await fillForm(other, user);
    expect(other.url()).toBe(url("/echo/two#"));
    expect(await Promise.all([me(page), me(other)])).toEqual([user.username, user.username]);
    expect(await sessionCookies()).toHaveLength(1);
  });

  test("with a wrong password, or as somebody who is disabled, stays on the form", async () => {
    const gone = await newUser("gone");
    await adminCall("AdminDisableUser", "gone");
    await page.goto(url("/echo"));
    for (const wrong of [{ ...user, password: "wrong" }, gone]) {
      await fillForm(page, wrong);
      expect(await page.getByRole("alert").textContent()).toBe("Incorrect username or password.");
    }
    expect(await sessionCookies()).toEqual([]);
  });

  test("for the first time with a temporary password asks for a new one, and returns all the same", async () => {
    await adminCall("AdminCreateUser", "newcomer", {
      MessageAction: "SUPPRESS",
      TemporaryPassword: "Temporary-1",
    });
    await page.goto(url("/echo/first?time=1"));
    await fillForm(page, { username: "newcomer", password: "Temporary-1" });
    await page.fill("input[name=new_password]", "Correct-horse-2");
    await page.fill("input[name=confirm_password]", "Correct-horse-2");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    expect(page.url()).toBe(url("/echo/first?time=1#"));
  });

  test("where cookies are blocked ends on a page that explains, after five redirects at most", async () => {
    const strict = await startBrowser("[*.]app.localhost");
    try {
      const blocked = await strict.context.newPage();
      const redirects = countRedirects(blocked);
      await blocked.goto(url("/echo"));
      await fillForm(blocked, user);
      await blocked.getByText("Allow cookies for this site").waitFor();
      expect(await blocked.getByRole("heading", { level: 1 }).textContent()).toBe(
        "This did not work",
      );
      expect(redirects()).toBeLessThanOrEqual(5);
      expect(await strict.context.cookies(target.appUrl)).toEqual([]);
    } finally {
      await strict.close();
    }
  });
});

describe("a session that has expired", () => {
  test("is renewed in the background of a page, at the same address", async () => {
    await signIn();
    const before = await context.cookies(target.appUrl);
    stack.clock.advance(3700);
    expect(await me(page)).toBe("token_expired");
    const redirects = countRedirects(page);
    await page.goto(url("/echo/again?x=1#part"));
    expect([page.url(), redirects()]).toEqual([url("/echo/again?x=1#part"), 1]);
    expect(await me(page)).toBe(user.username);
    const after = await context.cookies(target.appUrl);
    for (const { name, value } of before)
      expect(after.find((cookie) => cookie.name === name)?.value).not.toBe(value);
  });

  test("is renewed in two tabs at the same time, with rotation on", async () => {
    await signIn();
    const tabs = [page, await context.newPage(), await context.newPage()];
    stack.clock.advance(3700);
    await Promise.all(tabs.map((tab, index) => tab.goto(url(`/echo/tab${index}`))));
    expect(await Promise.all(tabs.map(me))).toEqual(tabs.map(() => user.username));
    // Whichever answer came last, its refresh token is alive.
    stack.clock.advance(3700);
    await page.goto(url("/echo/later"));
    expect(await me(page)).toBe(user.username);
  });

  test("is renewed by a script, too", async () => {
    await signIn();
    stack.clock.advance(3700);
    const statuses = await page.evaluate(async () => {
      const call = (path: string, method: string) =>
        fetch(path, { method }).then(({ status }) => status);
      return [
        await call("/echo", "POST"),
        await call("/.auth/refresh", "POST"),
        await call("/echo", "POST"),
      ];
    });
    expect(statuses).toEqual([401, 204, 200]);
  });

  test("and whose refresh token has ended leads to the sign-in again, and back", async () => {
    await signIn();
    await adminCall("AdminUserGlobalSignOut", user.username);
    stack.clock.advance(3700);
    await page.goto(url("/echo/back?x=1"));
    await fillForm(page, user);
    expect(page.url()).toBe(url("/echo/back?x=1#"));
  });
});

describe("signing out", () => {
  test("in one tab signs the other out, and the hosted sign-in asks for the password again", async () => {
    await signIn("/");
    const other = await context.newPage();
    await other.goto(url("/me"));
    await Promise.all([page.waitForNavigation(), page.getByText("Sign out").click()]);
    await page.getByText("You are signed out").waitFor();
    expect(await sessionCookies()).toEqual([]);
    expect(await me(other)).toBe("token_missing");
    await other.goto(url("/me"));
    expect(await other.getByRole("heading", { level: 1 }).textContent()).toBe("Sign in");
  });

  test("is asked for first when another site's link leads there", async () => {
    await signIn();
    await page.goto("about:blank");
    await page.goto(url("/.auth/logout?return_to=/public/health"));
    await Promise.all([
      page.waitForURL(url("/public/health#")),
      page.getByRole("button", { name: "Sign out" }).click(),
    ]);
    expect(await sessionCookies()).toEqual([]);
  });
});

test("whose sign-ins were ended is out within the minute, and only the password lets them in", async () => {
  const person = await newUser("revoked");
  await page.goto(url("/echo"));
  await fillForm(page, person);
  const { sub } = await page.evaluate(async () => (await fetch("/.auth/me")).json());
  stack.clock.advance(5);
  const seconds = Math.floor(stack.clock.now() / 1000);
  await asAdmin("AmazonSSM.PutParameter", {
    Name: `/gatehouse/${app.name}/local/revoked`,
    Value: JSON.stringify({ everybody: 0, users: { [sub]: seconds } }),
    Type: "String",
    Overwrite: true,
  });
  stack.clock.advance(61);
  expect(await me(page)).toBe("token_revoked");
  await page.goto(url("/echo/deep?x=1"));
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Sign in");
  await fillForm(page, person);
  expect(page.url()).toBe(url("/echo/deep?x=1#"));
  expect(await me(page)).toBe("revoked");
});

test("a user in very many groups is told so, and gets no session", async () => {
  const person = await newUser("manifold");
  for (let number = 0; number < 60; number += 1) {
    const GroupName = `${"group".repeat(24)}-${number}`;
    await adminCall("CreateGroup", "", { GroupName, Username: undefined });
    await adminCall("AdminAddUserToGroup", person.username, { GroupName });
    stack.clock.advance(1); // Cognito takes fifteen new groups a second
  }
  await page.goto(url("/echo"));
  await fillForm(page, person);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Too large to send");
  expect(await page.textContent("main")).toContain("you are probably in very many groups");
  expect(await page.textContent(".aside")).toMatch(/^headers_too_large, request [\w=-]+$/);
  expect(await page.getByText("Sign out").getAttribute("href")).toBe("/.auth/logout");
  expect(await sessionCookies()).toEqual([]);
});

describe("the page at /", () => {
  test("shows who is signed in, and calls the API by every button", async () => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await signIn("/");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("You are signed in");
    expect(await page.textContent("dl")).toContain(user.username);
    const answer = page.locator("#answer");
    const summary = page.locator("#summary");
    const press = async (name: string, shows: RegExp): Promise<void> => {
      await page.getByRole("button", { name, exact: true }).click();
      await answer.filter({ hasText: shows }).waitFor();
      expect(await summary.textContent()).toMatch(/200.*[\w=-]{20,}/s);
    };
    await press("GET /me", /"kind": ?"user"/);
    await press("POST /echo", /"method": ?"POST"/);
    await press("GET /stream", /"number":5/);
    await page.setInputFiles("#file", {
      name: "bytes.bin",
      mimeType: "application/octet-stream",
      buffer: Buffer.from(Uint8Array.from({ length: 256 }, (_none, byte) => byte)),
    });
    await press("POST /files", /40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880/);
    expect(problems).toEqual([]);
  });

  test("goes on calling after the session has expired", async () => {
    await signIn("/");
    stack.clock.advance(3700);
    await page.getByRole("button", { name: "GET /me" }).click();
    const answer = page.locator("#answer");
    await answer.filter({ hasText: /"kind": ?"user"/ }).waitFor();
    expect(await answer.textContent()).toContain(user.username);
  });

  test("is read on a phone without scrolling sideways, in light and dark", async () => {
    await signIn("/");
    await page.setViewportSize({ width: 320, height: 640 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const widths = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        getComputedStyle(document.body).backgroundColor,
      ]);
      expect(widths).toEqual([
        320,
        colorScheme === "light" ? "rgb(244, 245, 248)" : "rgb(18, 21, 28)",
      ]);
    }
  });
});

describe("a neighbouring site", () => {
  test("can neither post with the session nor show the app in a frame", async () => {
    const pages: Record<string, string> = {
      "/form": `<form method="post" action="${url("/public/echo")}"><button>send</button></form>`,
      "/frame": `<iframe src="${url("/echo")}"></iframe>`,
    };
    const server = createServer((request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<!doctype html><title>x</title>${pages[request.url ?? ""] ?? ""}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // A name below the app's own is the same site to browsers: Lax cookies go along.
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const neighbour = `http://evil.app.localhost:${port}`;
    try {
      await signIn();
      await page.goto(`${neighbour}/form`);
      const [posted] = await Promise.all([
        page.waitForResponse((response) => response.url() === url("/public/echo")),
        page.click("button"),
      ]);
      expect((await posted.request().allHeaders())["cookie"]).toContain(
        "__Host-Http-gatehouse-session",
      );
      expect(posted.status()).toBe(403);
      expect(await page.textContent("body")).toContain("cross_site");
      const [framed] = await Promise.all([
        page.waitForResponse((response) => response.url() === url("/echo")),
        page.goto(`${neighbour}/frame`),
      ]);
      expect(framed.status()).toBe(401);
    } finally {
      server.close();
    }
  });
});
