import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { callbackUrl, openBrowser, password, startCognito } from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";
import {
  errorPage,
  forgotPasswordPage,
  newPasswordPage,
  resetPasswordPage,
  signInPage,
} from "./pages.ts";

const hostile = `"><script>alert(1)</script>'&`;
const escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;";

let stand: CognitoUnderTest;
let query: string;

beforeAll(async () => {
  stand = await startCognito();
  const parameters = {
    client_id: stand.cognito.clientId("spa"),
    redirect_uri: callbackUrl,
    response_type: "code",
  };
  query = new URLSearchParams(parameters).toString();
});
afterAll(() => stand.close());

describe("a page", () => {
  const pages: [name: string, html: string, times: number][] = [
    ["sign-in", signInPage({ query: hostile, csrf: hostile, problem: hostile }), 6],
    [
      "new password",
      newPasswordPage({ query: hostile, csrf: hostile, problem: hostile, session: hostile }),
      4,
    ],
    [
      "forgotten password",
      forgotPasswordPage({ query: hostile, csrf: hostile, problem: hostile }),
      4,
    ],
    [
      "password by code",
      resetPasswordPage({
        query: hostile,
        csrf: hostile,
        problem: hostile,
        username: hostile,
        code: hostile,
      }),
      7,
    ],
    ["error", errorPage(hostile), 1],
  ];

  test.each(pages)("of kind %s escapes everything that it is given", (_name, html, times) => {
    expect(html).not.toContain("<script");
    expect(html.split(escaped)).toHaveLength(times + 1);
  });

  test.each(pages)(
    "of kind %s has one heading, a language, a width for phones and a label a visible field",
    (_name, html) => {
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(html).toContain(
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
      );
      expect(html).toContain("@media (prefers-color-scheme: dark)");
      const fields = [...html.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
      const labels = [...html.matchAll(/<label for="(\w+)"/g)].map(([, id]) => id);
      expect(labels).toEqual(fields);
    },
  );

  test.each(pages)("of kind %s describes fields by ids that it has, once each", (_name, html) => {
    const ids = [...html.matchAll(/ id="(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const described = [...html.matchAll(/aria-describedby="([\w ]+)"/g)].flatMap(([, names = ""]) =>
      names.split(" "),
    );
    expect(ids).toEqual(expect.arrayContaining(described));
    expect(html.match(/ autofocus/g) ?? []).toHaveLength(html.includes("<form") ? 1 : 0);
  });

  test("of the form has it twice, the first one hidden, with the names of Cognito's classic page", () => {
    const html = signInPage({ query: "", csrf: "c" });
    const forms = html.split('<form method="post" name="cognitoSignInForm"');
    const names = forms.map((form) =>
      [...form.matchAll(/<(?:input|button) [^>]*name="(\w+)"/g)].map(([, name]) => name),
    );
    const fields = ["_csrf", "username", "password", "cognitoAsfData", "signInSubmitButton"];
    expect(names).toEqual([[], fields, fields]);
    expect(forms.map((form) => form.endsWith("<div hidden>"))).toEqual([true, false, false]);
    expect([...html.matchAll(/ id="(signIn\w+)"/g)].map(([, id]) => id)).toEqual([
      "signInFormUsername",
      "signInFormPassword",
    ]);
  });
});

describe("as served", () => {
  test("a hostile query comes back escaped, in the form and after a wrong password", async () => {
    const raw = `${query}&x="><script>alert(1)</script>`;
    const browser = openBrowser(stand.origin);
    const form = await (await browser.get(`/login?${raw}`)).text();
    const again = await (await browser.signIn(raw, hostile, hostile)).text();
    for (const html of [form, again]) {
      expect(html).not.toContain("<script");
      expect(html).toContain('action="/login?');
    }
  });

  test.each(["error", "client_id"])(
    "the error page repeats no %s from the address bar",
    async (name) => {
      const text = "Call 555-1234 <b>now</b>";
      const response = await fetch(
        `${stand.origin}/error?${new URLSearchParams({ [name]: text }).toString()}`,
      );
      expect(response.status).toBe(400);
      const html = await response.text();
      expect(html).not.toContain("555");
      expect(html).toContain("An error was encountered with the requested page.");
    },
  );

  test("an answer can be framed by nobody and runs nothing but its own style sheet", async () => {
    const response = await openBrowser(stand.origin).get(`/login?${query}`);
    const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(await response.text()) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(response.headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' http://app.localhost:4280; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers.get("x-frame-options")).toBe("DENY");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect([...response.headers.keys()].filter((name) => name.includes("access-control"))).toEqual(
      [],
    );
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^XSRF-TOKEN=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(
        /^csrf-state-([\w-]{8})=\1[\w-]{35}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  test("two tabs that load their first form at the same moment both go on working", async () => {
    const [one, two] = [openBrowser(stand.origin), openBrowser(stand.origin)];
    const [first, second] = [await one.get(`/login?${query}`), await two.get(`/login?${query}`)];
    const csrf = [first, second].map((answer) =>
      answer.headers
        .getSetCookie()
        .map((line) => line.split(";")[0])
        .join("; "),
    );
    const tokens = csrf.map((line) => line.slice("XSRF-TOKEN=".length, "XSRF-TOKEN=".length + 43));
    expect(tokens[0]).not.toBe(tokens[1]);
    for (const token of tokens) {
      const answer = await fetch(`${stand.origin}/login?${query}`, {
        method: "POST",
        redirect: "manual",
        // The second tab's cookies came last, and replaced the one that both have.
        headers: { cookie: `${csrf[0]?.split("; ")[1]}; ${csrf[1]}` },
        body: new URLSearchParams({ _csrf: token, username: "alice", password }),
      });
      expect(answer.status).toBe(302);
    }
  });

  test("a form of another tab goes on working", async () => {
    const browser = openBrowser(stand.origin);
    await browser.get(`/login?${query}`);
    const first = browser.cookies.get("XSRF-TOKEN");
    await browser.get(`/login?${query}`);
    expect(browser.cookies.get("XSRF-TOKEN")).toBe(first);
    expect((await browser.signIn(query, "alice", password)).status).toBe(302);
  });
});
