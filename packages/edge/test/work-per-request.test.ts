import { exactReadings } from "@sst-gatehouse/core/path-readings";
import { expect, test, vi } from "vitest";

import { withResource } from "./access.ts";
import { guardSettings } from "./events.ts";
import { type Bench, createBench, fetched, followed } from "./test-browser.ts";

const bearer = ({ cognito }: Bench) => ({
  authorization: `Bearer ${cognito.accessToken({ sub: "alice" })}`,
});

/** Every verified token is looked up in the list of ended sign-ins, so the lookups are the identifications. */
test.each([
  ["a link that somebody has followed", "/x", followed],
  ["a link to a public page", "/public/x", followed],
  ["a script's call", "/x", fetched],
])("a session is identified once for %s", async (_what, path, headers) => {
  const bench = createBench();
  await bench.signIn();
  const before = bench.lookedUp.length;
  expect((await bench.browse(path, { headers })).status).toBe(0);
  expect(bench.lookedUp.slice(before)).toEqual(["alice"]);
});

test("a refused session is identified once", async () => {
  const bench = createBench();
  await bench.signIn();
  bench.revoked.add("alice");
  const before = bench.lookedUp.length;
  expect((await bench.browse("/x")).status).toBe(302);
  expect(bench.lookedUp.slice(before)).toEqual(["alice"]);
});

test("a bearer token is identified once", async () => {
  const bench = createBench();
  expect((await bench.send({ uri: "/x", headers: bearer(bench) })).status).toBe(0);
  expect(bench.lookedUp).toEqual(["alice"]);
});

test.each([
  ["that goes on", "/echo/a%2Fb%41", {}, undefined],
  [
    "that goes on, in an app with a resource",
    "/echo/a%2Fb%41",
    { access: withResource },
    undefined,
  ],
  ["of the resource without a token", "/mcp/a%2Fb%41", { access: withResource }, "token_missing"],
  ["that falls under two rules", "/%61dmin/x", {}, "path_ambiguous"],
  ["with too many readings", "/%61;p%2F%5C%09%3Bq//A".repeat(90), {}, "path_ambiguous"],
  ["that is none", "/echo/%ff", {}, "path_malformed"],
])("an escaped path is read once: one %s", async (_what, uri, options, refusal) => {
  const bench = createBench(guardSettings, options);
  const decoded = vi.spyOn(globalThis, "decodeURIComponent");
  try {
    exactReadings(uri);
  } catch {
    // As the guard refuses it.
  }
  const once = decoded.mock.calls.length;
  expect(once).toBeGreaterThan(0);
  decoded.mockClear();
  const headers = refusal === "token_missing" ? {} : bearer(bench);
  const { code } = await bench.send({ uri, headers });
  const calls = decoded.mock.calls.length;
  decoded.mockRestore();
  expect([code, bench.signed]).toEqual([refusal, refusal === undefined ? [uri] : []]);
  expect(calls).toBe(once);
});

test("a bad token is refused before anybody reads a plain path", async () => {
  const { code } = await createBench().send({
    uri: "/a\\b",
    headers: { authorization: "Bearer a.b.c" },
  });
  expect(code).toBe("token_malformed");
});
