import { type Gatehouse, startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The whole chain, on this machine. `alice` is in no group, `ada` in `admin`. */
let gate: Gatehouse;
beforeAll(async () => {
  gate = await startGatehouse();
}, 60_000);
afterAll(() => gate.close());

const post = (fields: Record<string, string>) => ({
  method: "POST",
  headers: {
    "content-type": "application/x-www-form-urlencoded",
    // As the app's own page sends it: React Router compares it with the address that it is told.
    origin: gate.url,
  },
  body: new URLSearchParams(fields).toString(),
});

test("renders for the caller, at the app's own address", async () => {
  const page = await (await gate.as("alice").fetch("/")).text();
  expect(page).toContain("Hello, <!-- -->alice<!-- -->!");
  expect(page).toContain(gate.url);
  const [script = ""] = /\/assets\/entry\.client-[\w-]+\.js/.exec(page) ?? [];
  const asset = await gate.as("alice").fetch(script);
  expect([asset.status, asset.headers.get("content-type")]).toEqual([
    200,
    "text/javascript; charset=utf-8",
  ]);
});

test("an action takes a form, and what its router sends after that", async () => {
  const { fetch } = gate.as("alice");
  const sent = await fetch("/notes", post({ text: "Grüße" }));
  expect([sent.status, sent.headers.get("location")]).toEqual([302, "/notes"]);
  const data = await fetch("/notes.data", post({ text: "Zweite" }));
  expect([data.status, await data.text()]).toEqual([202, expect.stringContaining("/notes")]);
  expect(await (await fetch("/notes")).text()).toMatch(/<li>Grüße<\/li><li>Zweite<\/li>/);
  expect(await (await gate.as("ada").fetch("/notes")).text()).not.toContain("Grüße");
});

test("another site's form changes nothing", async () => {
  const foreign = post({ text: "x" });
  const sent = await gate.as("alice").fetch("/notes", {
    ...foreign,
    headers: { ...foreign.headers, origin: "https://evil.example" },
  });
  expect(sent.status).toBe(400);
});

test("keeps a page and its data for admins", async () => {
  for (const path of ["/admin", "/admin.data"]) {
    expect((await gate.as("alice").fetch(path)).code).toBe("access_denied");
    expect((await gate.as("ada").fetch(path)).status).toBe(200);
  }
});
