import { createHash } from "node:crypto";

import type { Caller } from "sst-gatehouse/hono";
import { plainUser, send, type EventOptions } from "@sst-gatehouse/backend/test/events";
import { protectedApp } from "@sst-gatehouse/backend/test/protected-app";
import { expect, test } from "vitest";

import { app } from "../app.ts";

const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE1";

const person = {
  kind: "user",
  issuer,
  signedInAt: 1_795_000_000,
  sub: "3c9f0f6e-90f1-70a4-1b7e-5d1c6b0f2a11",
  username: "grace",
} as const;

const chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

function get(caller: Caller, options: EventOptions = {}): Promise<Response> {
  const identity = caller.kind === "service" ? { userArn: caller.arn, caller: null } : { caller };
  return send(protectedApp(app).app, {
    headers: { accept: chrome },
    ...identity,
    ...options,
  });
}

const page = async (caller: Caller): Promise<string> => await (await get(caller)).text();
const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
const styleSheets = (html: string): string[] =>
  [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, css = ""]) => css);

test.each([undefined, "*/*", "application/json"])(
  "answers Accept: %s with the JSON of always",
  async (accept) => {
    const answer = await get(plainUser, { headers: accept === undefined ? {} : { accept } });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.has("content-security-policy")).toBe(false);
    expect(await answer.text()).toBe(
      JSON.stringify({ message: "Hello, world!", caller: plainUser }),
    );
  },
);

test("tells a browser's caches that the answer depends on Accept, and to keep neither form", async () => {
  for (const accept of [chrome, "*/*"]) {
    const { headers } = await get(plainUser, { headers: { accept } });
    expect(headers.get("vary")).toBe("Accept, Origin");
    expect(headers.get("cache-control")).toBe("private, no-store");
  }
});

test("lets in the page's own style sheets by their hash, its script, and nothing else", async () => {
  const answer = await get(plainUser);
  const html = await answer.text();
  const [shared = "", own = "", ...others] = styleSheets(html).map(
    (css) => `'sha256-${createHash("sha256").update(css).digest("base64")}'`,
  );
  expect(others).toEqual([]);
  expect(answer.headers.get("content-security-policy")).toBe(
    `default-src 'none'; script-src 'self'; style-src ${shared} ${own}; connect-src 'self'; ` +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  expect(answer.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(answer.headers.get("referrer-policy")).toBe("same-origin");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(html).not.toMatch(/\son\w+=|\sstyle=|javascript:/);
  expect([...html.matchAll(/<script[^]*?<\/script>/g)].map(([tag]) => tag)).toEqual([
    '<script type="module" src="/page.js"></script>',
  ]);
});

test("serves the script as a file of its own, to those who may see the page", async () => {
  const script = await get(plainUser, { path: "/page.js" });
  expect(script.status).toBe(200);
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(script.headers.get("cache-control")).toBe("private, no-store");
  expect(await script.text()).toContain("/.auth/refresh");
  for (const path of ["/", "/page.js"]) {
    expect((await get({ kind: "anonymous" }, { path })).status).toBe(403);
  }
});

test("answers HEAD like GET, without a body", async () => {
  const answer = await get(plainUser, { method: "HEAD" });
  expect(answer.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await answer.text()).toBe("");
});

test("is one document with a language, a width, a title, one heading and a name for each control", async () => {
  const html = await page(plainUser);
  expect(html.startsWith('<!doctype html><html lang="en"><head><meta charset="utf-8"')).toBe(true);
  expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"/>');
  expect(count(html, /<title>[^<]+<\/title>/g)).toBe(1);
  expect(count(html, /<h1>[^<]+<\/h1>/g)).toBe(1);
  expect(count(html, /<main[ >]/g)).toBe(1);
  expect([...html.matchAll(/<button ([^>]*)>([^<]*)</g)].map(([, , name]) => name)).toEqual([
    "GET /me",
    "POST /echo",
    "GET /stream",
    "POST /files",
  ]);
  expect(count(html, /<button type="button" /g)).toBe(4);
  expect(html).toContain('<label for="file">');
  expect(html).toContain('<input type="file" id="file"/>');
  expect(html).toContain('<div aria-live="polite">');
  expect(html).toContain('<a class="button" href="/.auth/logout">Sign out</a>');
});

test("names only ids that the page has, each once", async () => {
  const html = await page(plainUser);
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  const named = [...html.matchAll(/ (?:for|aria-labelledby)="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  // What browser/start.ts looks for.
  for (const id of ["summary", "answer", "sign-in", "file", "me", "echo", "stream", "upload"]) {
    expect(ids).toContain(id);
  }
  expect(ids).toContain("calls");
});

const details = (html: string): string =>
  /<dl>([^]*)<\/dl>/.exec(html)?.[1]?.replaceAll(/<\/?bdi>/g, "") ?? "";

const callers: [who: string, caller: Caller, heading: string, details: string][] = [
  [
    "a person",
    { ...person, groups: ["admin", "staff"], scopes: ["api/read"] },
    "You are signed in",
    "<dt>Username</dt><dd>grace</dd><dt>Groups</dt><dd>admin, staff</dd><dt>Scopes</dt><dd>api/read</dd>",
  ],
  [
    "a person without groups and scopes",
    plainUser,
    "You are signed in",
    "<dt>Username</dt><dd>ada</dd><dt>Groups</dt><dd>none</dd><dt>Scopes</dt><dd>none</dd>",
  ],
  [
    "a machine",
    { kind: "client", clientId: "4kq8example", scopes: ["api/read", "api/write"], issuer },
    "Signed in as a machine",
    "<dt>Client id</dt><dd>4kq8example</dd><dt>Scopes</dt><dd>api/read, api/write</dd>",
  ],
  [
    "a service",
    { kind: "service", arn: "arn:aws:sts::111122223333:assumed-role/nightly/run" },
    "Called by a service",
    "<dt>Role</dt><dd>arn:aws:sts::111122223333:assumed-role/nightly/run</dd>",
  ],
];

test.each(callers)("shows %s who they are", async (_who, caller, heading, shown) => {
  const html = await page(caller);
  expect(html).toContain(`<h1>${heading}</h1>`);
  expect(details(html)).toBe(shown);
  expect(html.includes("Sign out")).toBe(caller.kind === "user");
});

const hostileNames: [name: string, shown: string][] = [
  ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
  ["</bdi><img src=x onerror=alert(1)>", "&lt;/bdi&gt;&lt;img src=x onerror=alert(1)&gt;"],
  [`"><svg onload='x'>`, "&quot;&gt;&lt;svg onload=&#39;x&#39;&gt;"],
  ["&lt;b&gt;", "&amp;lt;b&amp;gt;"],
  ["${alert(1)}{{7*7}}", "${alert(1)}{{7*7}}"],
  ["\u202Egnp.exe", "\u202Egnp.exe"],
  ["a".repeat(1000), "a".repeat(1000)],
];

test.each(hostileNames)("shows the name %j as text", async (name, shown) => {
  const named = (username: string): Promise<string> =>
    page({ ...person, username, groups: [username], scopes: [username] });
  // Nothing but the three values differs from the page of a harmless person.
  const cell = (value: string): string => `<dd><bdi>${value}</bdi></dd>`;
  const harmless = await named("x");
  expect(harmless.split(cell("x"))).toHaveLength(4);
  expect(await named(name)).toBe(harmless.replaceAll(cell("x"), () => cell(shown)));
  const machine = await page({ kind: "client", clientId: name, scopes: [name], issuer });
  expect(machine.split(cell(shown))).toHaveLength(3);
});
