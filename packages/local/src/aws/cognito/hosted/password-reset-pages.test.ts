import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  callbackUrl,
  hiddenField,
  locationOf,
  openBrowser,
  password,
  pkcePair,
  startCognito,
} from "../../../../test/cognito.ts";
import type { Browser, CognitoUnderTest } from "../../../../test/cognito.ts";

let stand: CognitoUnderTest;
/** Of a sign-in with everything that a client sends. */
let query: string;

beforeAll(async () => {
  stand = await startCognito();
  query = new URLSearchParams({
    client_id: stand.cognito.clientId("spa"),
    redirect_uri: callbackUrl,
    response_type: "code",
    scope: "openid email",
    state: "abc_-1",
    nonce: "n-1",
    code_challenge: pkcePair().challenge,
    code_challenge_method: "S256",
  }).toString();
});
beforeEach(() => {
  stand.explained.length = 0;
  // Beyond the hour that codes and limits last.
  stand.clock.advance(3601);
});
afterAll(() => stand.close());

const unescaped = (html: string) => html.replaceAll("&amp;", "&");
/** Where a link of a page leads. */
const linkIn = (html: string, text: string): string => {
  const [, href] = new RegExp(`<a href="([^"]+)">${text.replace("?", "\\?")}</a>`).exec(html) ?? [];
  return unescaped(href ?? `no link ${text}`);
};
const problemIn = (html: string): string | undefined =>
  /<p class="problem" id="problem" role="alert">([^<]*)<\/p>/.exec(html)?.[1];
const mailedCode = (): string => {
  const mails = stand.explained.map((line) => /would be mailed to .* is (\d{6})$/.exec(line)?.[1]);
  return mails.findLast((code) => code !== undefined) ?? "no mail";
};

async function askFor(username: string, browser: Browser): Promise<Response> {
  const form = await (await browser.get(`/forgotPassword?${query}`)).text();
  const fields = { _csrf: hiddenField(form, "_csrf"), username };
  return browser.post(`/forgotPassword?${query}`, fields);
}

const confirm = (browser: Browser, fields: Record<string, string>): Promise<Response> =>
  browser.post(`/confirmForgotPassword?${query}`, {
    _csrf: browser.cookies.get("XSRF-TOKEN") ?? "",
    ...fields,
  });

const chosen = (newPassword: string) => ({
  new_password: newPassword,
  confirm_password: newPassword,
});

describe("a forgotten password", () => {
  test("leads from the sign-in form by a code to a new password, and back to the same form", async () => {
    const browser = openBrowser(stand.origin);
    const signIn = await (await browser.get(`/login?${query}`)).text();
    const forgotten = linkIn(signIn, "Forgot your password?");
    expect(forgotten).toBe(`/forgotPassword?${query}`);
    const asking = await (await browser.get(forgotten)).text();
    expect(linkIn(asking, "Back to sign in")).toBe(`/login?${query}`);
    expect(asking).toContain("the code is in the terminal of the local stack");

    const sent = await askFor("alice", browser);
    expect(sent.status).toBe(200);
    const page = await sent.text();
    expect(unescaped(page)).toContain(`action="/confirmForgotPassword?${query}"`);
    expect(page).toContain('value="alice"');
    expect(linkIn(page, "Send another code")).toBe(`/forgotPassword?${query}`);
    expect(stand.explained).toEqual([
      `cognito: would be mailed to a***@e***: the password reset code is ${mailedCode()}`,
    ]);
    expect(page).not.toContain(mailedCode());

    const answers = {
      username: "alice",
      // As somebody pastes it.
      confirmation_code: ` ${mailedCode()} `,
      ...chosen("Remembered-1"),
    };
    const done = locationOf(await confirm(browser, answers));
    expect(done.href).toBe(`${stand.origin}/login?${query}`);
    expect(browser.cookies.has("cognito")).toBe(false);
    const back = locationOf(await browser.signIn(query, "alice", "Remembered-1"));
    expect(back.searchParams.get("state")).toBe("abc_-1");
    expect((await openBrowser(stand.origin).signIn(query, "alice", password)).status).toBe(400);
    await stand.run("AdminSetUserPassword", {
      Username: "alice",
      Password: password,
      Permanent: true,
    });
  });

  test("can be gone on with by the address alone, in another browser", async () => {
    await askFor("alice", openBrowser(stand.origin));
    const browser = openBrowser(stand.origin);
    const page = await (await browser.get(`/confirmForgotPassword?${query}`)).text();
    expect(page).not.toContain('role="status"');
    const code = mailedCode();
    const fields = { username: "alice", confirmation_code: code, ...chosen(password) };
    expect((await confirm(browser, fields)).status).toBe(302);
    const again = await confirm(browser, fields);
    expect([again.status, problemIn(await again.text())]).toEqual([
      400,
      "Invalid code provided, please request a code again.",
    ]);
  });

  test("looks the same for a user, nobody and a disabled user, and the terminal tells them apart", async () => {
    await stand.run("AdminDisableUser", { Username: "ada" });
    const pages = new Set<string>();
    for (const username of ["alice", "nobody", "ada", "newcomer"]) {
      const browser = openBrowser(stand.origin);
      const sent = await askFor(username, browser);
      const tried = await confirm(browser, {
        username,
        confirmation_code: mailedCode() === "000000" ? "000001" : "000000",
        ...chosen("Remembered-1"),
      });
      const both = `${sent.status}${await sent.text()}${tried.status}${await tried.text()}`;
      pages.add(
        both
          .replaceAll(browser.cookies.get("XSRF-TOKEN") ?? "", "")
          .replaceAll(`"${username}"`, "")
          .replaceAll("000001", "000000"),
      );
    }
    await stand.run("AdminEnableUser", { Username: "ada" });
    expect(pages.size).toBe(1);
    const refused =
      "cognito: new password refused: Invalid verification code provided, please try again.";
    expect(stand.explained).toEqual([
      expect.stringMatching(/^cognito: would be mailed to a\*\*\*@e\*\*\*: .* \d{6}$/),
      refused,
      "cognito: no password reset code is mailed: no such user",
      refused,
      "cognito: no password reset code is mailed: disabled",
      refused,
      "cognito: no password reset code is mailed: the temporary password is still in use",
      refused,
    ]);
  });

  test("keeps the code for a second try when the new password will not do", async () => {
    const browser = openBrowser(stand.origin);
    await askFor("alice", browser);
    const fields = { username: "alice", confirmation_code: mailedCode() };
    const attempts: [Record<string, string>, string][] = [
      [chosen("weak"), "Password did not conform with policy: Password not long enough."],
      [
        { new_password: "Remembered-1", confirm_password: "Remembered-2" },
        "The two passwords differ.",
      ],
    ];
    for (const [passwords, problem] of attempts) {
      const response = await confirm(browser, { ...fields, ...passwords });
      const html = await response.text();
      expect([response.status, problemIn(html)]).toEqual([400, problem]);
      expect(html).toContain(`value="${mailedCode()}"`);
    }
    expect((await confirm(browser, { ...fields, ...chosen(password) })).status).toBe(302);
  });

  test("is limited: five codes an hour, five tries at a code", async () => {
    const browser = openBrowser(stand.origin);
    for (let count = 0; count < 5; count += 1) {
      expect((await askFor("alice", browser)).status).toBe(200);
    }
    const sixth = await askFor("alice", browser);
    const limit = "Attempt limit exceeded, please try after some time.";
    expect([sixth.status, problemIn(await sixth.text())]).toEqual([400, limit]);
    const fields = { username: "alice", ...chosen("Remembered-1") };
    for (let tries = 0; tries < 5; tries += 1)
      await confirm(browser, { ...fields, confirmation_code: "none" });
    const late = await confirm(browser, { ...fields, confirmation_code: mailedCode() });
    expect([late.status, problemIn(await late.text())]).toEqual([400, limit]);
  });

  test("that an administrator reset is asked for after the right old one", async () => {
    await stand.run("AdminResetUserPassword", { Username: "alice" });
    const browser = openBrowser(stand.origin);
    expect((await browser.signIn(query, "alice", "Wrong-horse-1")).status).toBe(400);
    const to = locationOf(await browser.signIn(query, "alice", password));
    expect(to.href).toBe(`${stand.origin}/confirmForgotPassword?${query}`);
    expect(browser.cookies.has("cognito")).toBe(false);
    const fields = { username: "alice", confirmation_code: mailedCode(), ...chosen(password) };
    expect((await confirm(browser, fields)).status).toBe(302);
    expect((await browser.signIn(query, "alice", password)).status).toBe(302);
  });
});

describe.each(["/forgotPassword", "/confirmForgotPassword"])("%s", (path) => {
  test("takes no form of another site's page", async () => {
    const browser = openBrowser(stand.origin);
    await askFor("alice", browser);
    const code = mailedCode();
    stand.explained.length = 0;
    const response = await browser.post(`${path}?${query}`, {
      _csrf: "x".repeat(43),
      username: "alice",
      confirmation_code: code,
      ...chosen("Remembered-1"),
    });
    expect(response.status).toBe(403);
    const html = await response.text();
    expect(problemIn(html)).toBe("This form was out of date. Please try again.");
    expect(html).not.toContain('value="alice"');
    expect(stand.explained).toEqual([
      "cognito: new password refused: _csrf does not repeat the cookie XSRF-TOKEN; load the form first",
    ]);
    expect((await openBrowser(stand.origin).signIn(query, "alice", password)).status).toBe(302);
  });

  test("needs a sign-in request that can be believed", async () => {
    const foreign = query.replace("app.localhost", "evil.example");
    const browser = openBrowser(stand.origin);
    const error = `${stand.origin}/error?error=redirect_mismatch&client_id=${stand.cognito.clientId("spa")}`;
    expect(locationOf(await browser.get(`${path}?${foreign}`)).href).toBe(error);
    expect(locationOf(await browser.post(`${path}?${foreign}`, {})).href).toBe(error);
  });

  test("refuses other types, bodies over 64 KB, and names that nobody can have", async () => {
    const post = (body: string, type: string) =>
      fetch(`${stand.origin}${path}?${query}`, {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
    expect((await post("{}", "application/json")).status).toBe(405);
    const large = `a=${"x".repeat(70_000)}`;
    expect((await post(large, "application/x-www-form-urlencoded")).status).toBe(413);
    const browser = openBrowser(stand.origin);
    await browser.get(`${path}?${query}`);
    const named = await browser.post(`${path}?${query}`, {
      _csrf: browser.cookies.get("XSRF-TOKEN") ?? "",
      username: "x".repeat(129),
      ...chosen("Remembered-1"),
    });
    expect(named.status).toBe(400);
  });

  test("posts to its own domain only, and runs nothing", async () => {
    const response = await fetch(`${stand.origin}${path}?${query}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy.replace(/'sha256-[^']+'/, "<its style>")).toBe(
      "default-src 'none'; style-src <its style>; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});
