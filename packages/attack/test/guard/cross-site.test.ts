import { appOrigin, type Bench, createBench } from "@sst-gatehouse/edge/test/test-browser";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";

let bench: Bench;
let cookie: string;
beforeAll(async () => {
  bench = createBench();
  await bench.signIn();
  cookie = bench.jar.header();
});

const evil = "https://evil.example";
const neighbour = appOrigin.replace("://", "://x.");
const sites = ["same-origin", "same-site", "cross-site", "none", "Same-Origin", "same-origin, x"];
const origins = [appOrigin, `${appOrigin}/`, `${appOrigin}.evil.example`, neighbour, evil, "null"];
const maybe = (values: readonly string[]) => fc.constantFrom(undefined, ...values);

/** What a browser, or a program that plays one, says of where a request comes from. */
const request = fc.record({
  signedIn: fc.boolean(),
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
  path: fc.constantFrom("/me", "/public/x", "/.auth/refresh", "/.auth/logout"),
  site: maybe(sites),
  mode: maybe(["navigate", "no-cors", "cors", "same-origin", "websocket", "navigate, x"]),
  dest: maybe(["document", "empty", "image", "iframe", "object", "script", "document, x"]),
  origin: maybe(origins),
  referer: maybe(
    [appOrigin, evil, neighbour, `${evil}/${appOrigin}`, `${appOrigin}.evil.example`].map(
      (page) => `${page}/page`,
    ),
  ),
  accept: maybe(["text/html,*/*", "image/webp,*/*", "application/json"]),
});

type Request = typeof request extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const isOurs = (origin: string | undefined): boolean =>
  origin === undefined || origin === appOrigin;

/** Whether the browser's window shows what it gets. An old browser asks for a page, and says no `Origin` of another site. */
const isShown = ({ site, mode, dest, origin, accept = "" }: Request): boolean => {
  if (site === undefined && !isOurs(origin)) return false;
  return mode === undefined && dest === undefined
    ? accept.includes("text/html")
    : mode === "navigate" && dest === "document";
};

/** Whether a page of another site may have made it. An old browser says no more than `Origin` and `Referer`. */
const isForeign = ({ site, origin, referer = `${appOrigin}/` }: Request): boolean =>
  site === undefined
    ? (origin ?? new URL(referer).origin) !== appOrigin
    : site !== "same-origin" && site !== "none";

test("another site gets nothing of a visitor's session but a page that the visitor is shown", async () => {
  let used = 0;
  let kept = 0;
  const seed = drawSeed("requests of other sites");
  await fc.assert(
    fc.asyncProperty(request, async (drawn) => {
      const { signedIn, method, path, site, mode, dest, ...plain } = drawn;
      const said = { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest };
      const headers = Object.fromEntries(
        Object.entries({ ...said, ...plain }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      );
      const posted = bench.cognito.posted.length;
      const outcome = await bench.send({
        method,
        uri: path,
        headers: signedIn ? { ...headers, cookie } : headers,
      });

      const changes = !/^(GET|HEAD)$/.test(method);
      const isSaid = site === "same-origin" || (site === undefined && plain.origin === appOrigin);
      // Nothing that changes something is done for a page that is not known to be ours.
      const mayChange = !changes || (isOurs(plain.origin) && isSaid);
      const caller = callerOf(outcome.forwarded);
      const sent = bench.cognito.posted.length - posted;
      const isUnmoved = sent === 0 && outcome.cookies.length === 0;
      if (!mayChange || isForeign(drawn)) {
        kept += 1;
        must(caller !== "user" || (mayChange && isShown(drawn)), "acts as the person");
        must(isUnmoved || !signedIn, "changes the session, or makes the guard ask Cognito");
      }
      // A link ends a session only where somebody has followed it on a page of ours.
      if (!changes && path.startsWith("/.auth/"))
        must(
          isUnmoved || (path === "/.auth/logout" && site === "same-origin" && isShown(drawn)),
          "signs out by a link",
        );
      // Also who has no session is neither signed in nor out by another site.
      const isAnswered = signedIn || (path.startsWith("/.auth/") && method === "POST");
      must(mayChange || !isAnswered || outcome.status === 403, "changes something");
      must(!JSON.stringify(outcome.forwarded ?? {}).includes("__Host-"), "sends the session on");
      if (caller === "user") used += 1;
    }),
    { seed, numRuns: draws },
  );
  expect(used).toBeGreaterThan(0);
  expect(kept).toBeGreaterThan(draws / 4);
});

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`a page of another site ${what}`);
}

function callerOf(forwarded: Awaited<ReturnType<Bench["send"]>>["forwarded"]): string | undefined {
  const value = forwarded?.headers["x-gatehouse-caller-unchecked"]?.[0]?.value;
  const checked = forwarded?.headers["x-gatehouse-caller"]?.[0]?.value;
  const text = Buffer.from(value ?? checked ?? "e30", "base64url").toString();
  return JSON.parse(text).kind;
}
