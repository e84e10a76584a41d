import { exactReadings } from "@sst-gatehouse/core/path-readings";
import { expect, test, vi } from "vitest";

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

test("an escaped path is read once", async () => {
  const bench = createBench();
  const decoded = vi.spyOn(globalThis, "decodeURIComponent");
  exactReadings("/echo/a%2Fb%41");
  const once = decoded.mock.calls.length;
  expect(once).toBeGreaterThan(0);
  decoded.mockClear();
  await bench.send({ uri: "/echo/a%2Fb%42", headers: bearer(bench) });
  const calls = decoded.mock.calls.length;
  decoded.mockRestore();
  expect(bench.signed).toEqual(["/echo/a%2Fb%42"]);
  expect(calls).toBe(once);
});

test("a bad token is refused before anybody reads a plain path", async () => {
  const { code } = await createBench().send({
    uri: "/a\\b",
    headers: { authorization: "Bearer a.b.c" },
  });
  expect(code).toBe("token_malformed");
});
