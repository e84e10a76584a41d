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
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
  path: fc.constantFrom("/me", "/public/x", "/.auth/refresh", "/.auth/logout"),
  site: maybe(sites),
  mode: maybe(["navigate", "no-cors", "cors", "same-origin", "websocket", "navigate, x"]),
  dest: maybe(["document", "empty", "image", "iframe", "object", "script", "document, x"]),
  origin: maybe(origins),
  referer: maybe([`${appOrigin}/page`, `${evil}/page`, `${neighbour}/`, `${evil}/${appOrigin}/`]),
  accept: maybe(["text/html,*/*", "image/webp,*/*", "application/json"]),
});

test("another site gets nothing of a visitor's session but a page that the visitor is shown", async () => {
  let used = 0;
  let kept = 0;
  const seed = drawSeed("requests of other sites");
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, site, mode, dest, ...plain }) => {
      const said = { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest };
      const headers = Object.fromEntries(
        Object.entries({ ...said, ...plain }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      );
      const posted = bench.cognito.posted.length;
      const outcome = await bench.send({ method, uri: path, headers: { ...headers, cookie } });

      const isOurs = plain.origin === undefined || plain.origin === appOrigin;
      const changes = !/^(GET|HEAD)$/.test(method);
      const isSaid = site === "same-origin" || (site === undefined && plain.origin === appOrigin);
      // Nothing that changes something is done for a page that is not known to be ours.
      const mayChange = !changes || (isOurs && isSaid);
      const foreign = site !== undefined && site !== "same-origin" && site !== "none";
      const isShown = mode === "navigate" && dest === "document";
      const caller = callerOf(outcome.forwarded);
      const sent = bench.cognito.posted.length - posted;
      if (!mayChange || (foreign && !isShown)) {
        kept += 1;
        must(caller !== "user", "acts as the person");
        must(sent === 0, "makes the guard ask Cognito");
        must(outcome.cookies.length === 0, "changes the session");
      }
      must(!changes || mayChange || outcome.status === 403, "changes something");
      must(!JSON.stringify(outcome.forwarded ?? {}).includes("__Host-"), "sends the session on");
      if (caller === "user") used += 1;
    }),
    { seed, numRuns: draws },
  );
  expect(used).toBeGreaterThan(draws / 50);
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
