import { fromCallerHeader } from "@sst-gatehouse/core/caller";
import { describe, expect, test } from "vitest";

import type { EventParts } from "../../test/events.ts";
import {
  appOrigin,
  type Bench,
  createBench,
  fetched,
  followed,
  fromElsewhere,
  hostedOrigin,
  type Outcome,
  runs,
} from "../../test/test-browser.ts";
import { openAgain } from "./page-scripts.ts";

// What a service worker's `fetch(event.request)` sends (Chromium 155): mode `navigate`, dest `empty`, for windows and for
// frames, and the site that has led there. `<a download>` sends the same without a worker. WebKitGTK 2.50 names this site,
// whoever has led there. So does Firefox 153, and mode `same-origin`.

const passedOn = { ...followed, "sec-fetch-dest": "empty" };
const typed = { ...passedOn, "sec-fetch-site": "none" };
const inFirefox = {
  ...passedOn,
  "sec-fetch-mode": "same-origin",
  "upgrade-insecure-requests": "1",
};
const sites = {
  "a link of this site": passedOn,
  "the address bar": typed,
  "any link in Firefox": inFirefox,
  "a link of a sibling": { ...passedOn, "sec-fetch-site": "same-site" },
  "a link of another site": { ...passedOn, "sec-fetch-site": "cross-site" },
};
type Site = keyof typeof sites;
const own: readonly Site[] = ["a link of this site", "the address bar", "any link in Firefox"];
const foreign: readonly Site[] = ["a link of a sibling", "a link of another site"];

async function signedIn(seconds = 0): Promise<Bench> {
  const bench = createBench();
  await bench.signIn();
  // The mark of a session that was just given lives ten seconds.
  bench.clock.advance(seconds + 11);
  return bench;
}

/** The page of the guard that asks for the same address once more. */
function asksOnceMore(outcome: Outcome): boolean {
  const [policy = ""] = outcome.headers["content-security-policy"] ?? [];
  return runs(outcome, openAgain) && policy.includes("frame-ancestors 'none'");
}

describe("a navigation that a worker has passed on", () => {
  test.each([...own, ...foreign])("without a session leads to the sign-in: %s", async (site) => {
    const { browse } = createBench();
    let answer = await browse("/x?y=1", { headers: sites[site] });
    // A browser that says so is first given a page that keeps the fragment, and whose link it follows.
    if (answer.location?.startsWith("/.auth/login?"))
      answer = await browse(answer.location.replace("ask", "1"), { headers: sites[site] });
    expect([answer.status, new URL(answer.location ?? "").origin]).toEqual([302, hostedOrigin]);
  });

  test.each(own)("with a session is answered: %s", async (site) => {
    const { browse } = await signedIn();
    expect((await browse("/x", { headers: sites[site] })).forwarded?.uri).toBe("/x");
  });

  test.each(own)("with a session that has expired is renewed: %s", async (site) => {
    const { browse } = await signedIn(3601);
    const { status, location } = await browse("/x?y=1", { headers: sites[site] });
    expect([status, location]).toEqual([307, `${appOrigin}/x?y=1`]);
    expect((await browse("/x?y=1", { headers: sites[site] })).forwarded?.uri).toBe("/x");
  });

  test.each(foreign)("with a session is asked once more, from this site: %s", async (site) => {
    for (const seconds of [0, 3601]) {
      const { browse, signed } = await signedIn(seconds);
      const before = signed.length;
      const answer = await browse("/x?y=1", { headers: sites[site] });
      expect([answer.status, answer.code, answer.cookies]).toEqual([401, "token_missing", []]);
      expect(asksOnceMore(answer)).toBe(true);
      expect(answer.body).toContain('<a class="button" href="">Open the page</a>');
      expect(signed).toHaveLength(before);
      const again = await browse("/x?y=1", { headers: passedOn });
      expect(again.status).toBe(seconds === 0 ? 0 : 307);
    }
  });

  test.each(foreign)("is nobody's where nobody has to sign in: %s", async (site) => {
    const { browse } = await signedIn();
    const { headers } = await browse("/public/x", { headers: sites[site] });
    expect(fromCallerHeader(headers["x-gatehouse-caller"] ?? []).caller).toEqual({
      kind: "anonymous",
    });
  });

  test.each(foreign)("by a form is refused: %s", async (site) => {
    const { browse } = await signedIn();
    const headers = { ...sites[site], origin: "https://evil.example" };
    const answer = await browse("/x", { method: "POST", headers });
    expect([answer.status, answer.code]).toEqual([403, "cross_site"]);
    expect(asksOnceMore(answer)).toBe(false);
  });

  // What a form of a neighbouring host name sends through the app's worker, with the session's cookies (Firefox 153,
  // WebKitGTK 2.50).
  test.each([
    ["Firefox", { ...inFirefox, origin: appOrigin, referer: "https://neighbour.example/" }],
    ["WebKit", { ...passedOn, origin: appOrigin, referer: `${appOrigin}/sw.js` }],
    ["WebKit, and is honest", { ...passedOn, origin: "https://neighbour.example" }],
    ["WebKit, without Referer", { ...passedOn, origin: appOrigin }],
  ])("by a neighbour's form that says this site is refused: %s", async (_browser, headers) => {
    const { browse } = await signedIn();
    for (const uri of ["/x", "/.auth/logout"]) {
      const answer = await browse(uri, { method: "POST", headers });
      expect([uri, answer.status, answer.code]).toEqual([uri, 403, "cross_site"]);
    }
  });

  test.each([
    ["Chromium", { ...passedOn, "sec-ch-ua": '"Chromium";v="155"', origin: appOrigin }],
    ["Firefox", { ...inFirefox, origin: appOrigin, referer: `${appOrigin}/form` }],
  ])(
    "by a form of this site is answered, and renewed with its body: %s",
    async (_browser, headers) => {
      const post = { method: "POST", headers };
      expect((await (await signedIn()).browse("/x", post)).status).toBe(0);
      expect((await (await signedIn(3601)).browse("/x", post)).status).toBe(307);
    },
  );
});

describe("a sign-in of an app with a worker", () => {
  test("goes through: the way back is asked once more, and nothing is set before", async () => {
    const { browse, cognito } = createBench();
    const { location = "" } = await browse("/x?y=1", { headers: typed });
    const back = new URL(cognito.browse(new URL(location)));
    const callback = `${back.pathname}${back.search}`;
    const first = await browse(callback, { headers: { ...passedOn, ...cross } });
    expect([first.status, first.code, first.cookies]).toEqual([403, "sign_in_not_top_level", []]);
    expect(asksOnceMore(first)).toBe(true);
    expect(cognito.posted).toEqual([]);
    const { status, location: end } = await browse(callback, { headers: passedOn });
    expect([status, end]).toEqual([302, "/x?y=1#"]);
    expect((await browse("/x?y=1", { headers: passedOn })).status).toBe(0);
  });

  test.each(own)("comes back at once where the browser names this site: %s", async (site) => {
    const { browse, cognito } = createBench();
    const { location = "" } = await browse("/.auth/login?return_to=/x", { headers: sites[site] });
    const back = new URL(cognito.browse(new URL(location)));
    const end = await browse(`${back.pathname}${back.search}`, { headers: sites[site] });
    expect([end.status, end.location]).toEqual([302, "/x#"]);
  });

  test.each([...own, ...foreign])("begins by a link, too: %s", async (site) => {
    const { browse } = createBench();
    const answer = await browse("/.auth/login?return_to=/x", { headers: sites[site] });
    expect([answer.status, asksOnceMore(answer)]).toEqual(
      own.includes(site) ? [302, false] : [403, true],
    );
  });
});

const cross = { "sec-fetch-site": "cross-site" };

test.each([...own, ...foreign])(
  "no link signs out where a worker hides what asks: %s",
  async (site) => {
    const { browse, cognito } = await signedIn();
    const answer = await browse("/.auth/logout", { headers: sites[site] });
    expect([answer.status, answer.cookies]).toEqual([200, []]);
    expect(answer.body).toContain('<form method="post" action="/.auth/logout">');
    expect(cognito.posted.some(({ path }) => path.endsWith("/oauth2/revoke"))).toBe(false);
  },
);

/** Nothing of this may begin a sign-in or be asked once more. */
const others: [what: string, headers: NonNullable<EventParts["headers"]>][] = [
  ["a script", fetched],
  ["a script of another site", { ...fetched, ...cross }],
  ["a frame", { ...followed, "sec-fetch-dest": "iframe" }],
  ["a frame of another site", { ...fromElsewhere, "sec-fetch-dest": "iframe" }],
  ["an object", { ...fromElsewhere, "sec-fetch-dest": "object" }],
  ["an image through a worker", { ...fetched, "sec-fetch-mode": "no-cors" }],
  ["a page that is loaded ahead", { ...followed, "sec-purpose": "prefetch" }],
  ["a page that is shown ahead", { ...followed, "sec-purpose": "prefetch;prerender" }],
  ["the same through a worker", { ...passedOn, ...cross, "sec-purpose": "prefetch;prerender" }],
];

test.each(others)("%s without a session is only refused", async (_what, headers) => {
  for (const path of ["/x", "/.auth/login"]) {
    const answer = await createBench().browse(path, { headers });
    expect([answer.status, answer.location, answer.cookies]).toEqual([
      path === "/x" ? 401 : 403,
      undefined,
      [],
    ]);
    expect(asksOnceMore(answer)).toBe(false);
  }
});

test("a page that is loaded ahead is renewed, and answered", async () => {
  const headers = { ...followed, "sec-purpose": "prefetch;prerender" };
  const { browse } = await signedIn(3601);
  expect((await browse("/x", { headers })).status).toBe(307);
  expect((await browse("/x", { headers })).status).toBe(0);
});
