import { expect, test } from "vitest";

import {
  appOrigin,
  createBench,
  fetched,
  followed,
  fromElsewhere,
  hostedOrigin,
  type Outcome,
  runs,
} from "../../test/test-browser.ts";
import { keepFragment, restoreFragment } from "./page-scripts.ts";

// What a window's address has behind `#` never reaches a server. What becomes of it in Chromium is tried in
// acceptance/own-stack/browser-navigation.adopt.ts.

const window = { ...followed, "upgrade-insecure-requests": "1" };

/** The links of a page, and the script that goes on by them. */
function pageOf(outcome: Outcome) {
  const { status, body } = outcome;
  const text = (pattern: RegExp) =>
    pattern.exec(body)?.[1]?.replaceAll("&amp;", "&").replaceAll("&#39;", "'");
  return {
    status,
    runs: [keepFragment, restoreFragment].find((script) => runs(outcome, script)),
    href: text(/<a class="button" href="([^"]*)"/),
    withFragment: text(/ data-with-fragment="([^"]*)"/),
    withoutScript: text(/<noscript><meta http-equiv="refresh" content="0;url=([^"]*)">/),
  };
}

test("a browser's window is led over a page of the guard, which asks for its fragment", async () => {
  const bench = createBench();
  const first = await bench.browse("/x?y=1", { headers: window });
  // No empty fragment: within this origin the browser takes its own along.
  expect([first.status, first.location, first.cookies]).toEqual([
    302,
    "/.auth/login?return_to=%2Fx%3Fy%3D1&fragment=ask",
    [],
  ]);
  const asking = await bench.browse(first.location ?? "", { headers: window });
  const { href = "", ...page } = pageOf(asking);
  expect(page).toEqual({
    status: 200,
    runs: keepFragment,
    withFragment: "/.auth/login?return_to=%2Fx%3Fy%3D1&fragment=1",
    withoutScript: href,
  });
  expect([new URL(href).origin, new URL(href).pathname]).toEqual([
    hostedOrigin,
    "/oauth2/authorize",
  ]);
  expect(asking.cookies).toHaveLength(1);
  // Without a fragment the link is the way on, and the callback needs no page.
  const back = new URL(bench.cognito.browse(new URL(href)));
  const end = await bench.browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
  expect([end.status, end.location]).toEqual([302, "/x?y=1#"]);
});

test("with a fragment, the callback's page puts it back, and has the session", async () => {
  const bench = createBench();
  const path = "/.auth/login?return_to=%2Fx%3Fy%3D1&fragment=1";
  const { location = "" } = await bench.browse(path, { headers: window });
  expect(location.endsWith("#")).toBe(true);
  const back = new URL(bench.cognito.browse(new URL(location)));
  const end = await bench.browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
  expect(pageOf(end)).toEqual({
    status: 200,
    runs: restoreFragment,
    href: "/x?y=1",
    withFragment: undefined,
    withoutScript: "/x?y=1",
  });
  expect(end.headers["referrer-policy"]).toEqual(["no-referrer"]);
  expect((await bench.browse("/x?y=1")).status).toBe(0);
});

test("a sign-in that needs the password says so on the way", async () => {
  const bench = createBench();
  await bench.signIn();
  bench.revoked.add("alice");
  const { location = "" } = await bench.browse("/x", { headers: window });
  expect(location).toBe("/.auth/login?return_to=%2Fx&fragment=ask&fresh=1");
  const { href = "", withFragment } = pageOf(await bench.browse(location, { headers: window }));
  expect(new URL(href).pathname).toBe("/logout");
  expect(withFragment).toBe("/.auth/login?return_to=%2Fx&fragment=1&fresh=1");
});

test("the longest return path fits on the way", async () => {
  const { location = "" } = await createBench().browse(`/${"%3C".repeat(682)}`, {
    headers: window,
  });
  expect(location.length).toBeLessThan(8000);
  const { status } = await createBench().browse(location, { headers: window });
  expect(status).toBe(200);
});

/** As WebKitGTK 2.50 asks over https, where WebKit does not say that it would rather have that. */
const webKit = {
  "user-agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
};

test.each([
  ["WebKit", { ...followed, ...webKit }],
  ["WebKit through a service worker", { ...followed, "sec-fetch-dest": "empty", ...webKit }],
  ["an old WebKit", { accept: followed.accept, ...webKit }],
])("a window of %s is asked, too", async (_what, headers) => {
  const { send } = createBench();
  expect((await send({ uri: "/x", headers })).location).toBe(
    "/.auth/login?return_to=%2Fx&fragment=ask",
  );
});

test.each([
  ["a form", { method: "POST", headers: { ...window, origin: appOrigin } }],
  ["the head of a page", { method: "HEAD", headers: window }],
  ["a program that navigates", { headers: followed }],
  ["an old program", { headers: { accept: "text/html" } }],
  ["a program with a name", { headers: { ...followed, "user-agent": "Mozilla/5.0 (robot)" } }],
])("%s has no fragment, and is led to the sign-in at once", async (_what, parts) => {
  const { location = "" } = await createBench().send({ uri: "/x", ...parts });
  expect(new URL(location).origin).toBe(hostedOrigin);
});

test.each([
  ["a frame", { ...window, "sec-fetch-dest": "iframe" }],
  ["a script", fetched],
  ["a page that is loaded ahead", { ...window, "sec-purpose": "prefetch" }],
])("%s is asked for no fragment", async (_what, headers) => {
  const { browse } = createBench();
  const answer = await browse("/.auth/login?fragment=ask", { headers });
  expect([answer.status, answer.code, answer.cookies]).toEqual([403, "sign_in_not_top_level", []]);
});

test("a sign-in that Cognito lets through without a password keeps the fragment while it starts again", async () => {
  const bench = createBench();
  bench.revoked.add("alice");
  const login = await bench.browse("/.auth/login?return_to=%2Fx&fragment=1", { headers: window });
  const back = new URL(bench.cognito.browse(new URL(login.location ?? "")));
  const again = await bench.browse(`${back.pathname}${back.search}`, { headers: fromElsewhere });
  expect(new URL(again.location ?? "").pathname).toBe("/logout");
  bench.revoked.clear();
  const second = new URL(bench.cognito.browse(new URL(again.location ?? "")));
  const end = await bench.browse(`${second.pathname}${second.search}`, { headers: fromElsewhere });
  expect(pageOf(end)).toMatchObject({ runs: restoreFragment, href: "/x" });
});
