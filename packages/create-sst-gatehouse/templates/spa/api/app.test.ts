import { startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, expect, test } from "vitest";

/** The whole chain, on this machine. `alice` is in no group, `ada` in `admin`. */
const gate = await startGatehouse();
afterAll(() => gate.close());

test("serves every page to people who have signed in, and its scripts to anyone", async () => {
  expect((await gate.fetch("/any/page")).code).toBe("token_missing");
  const page = await (await gate.as("alice").fetch("/any/page")).text();
  const [script = ""] = /\/assets\/index-[\w-]+\.js/.exec(page) ?? [];
  const { status, headers } = await gate.fetch(script);
  expect([status, headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
});

test("knows who is calling, and keeps the report for admins", async () => {
  expect((await gate.fetch("/api/me")).code).toBe("token_missing");
  expect(await (await gate.as("alice").fetch("/api/me")).json()).toEqual({ username: "alice" });
  expect((await gate.as("alice").fetch("/api/admin/report")).code).toBe("access_denied");
  expect((await gate.as("ada").fetch("/api/admin/report")).status).toBe(200);
});
