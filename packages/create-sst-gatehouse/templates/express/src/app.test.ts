import { startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, expect, test } from "vitest";

/** The whole chain, on this machine. `alice` is in no group, `ada` in `admin`. */
const gate = await startGatehouse();
afterAll(() => gate.close());

test("knows who is calling", async () => {
  const answer = await gate.as("alice").fetch("/");
  expect(await answer.json()).toMatchObject({ caller: { kind: "user", username: "alice" } });
});

test("keeps the report for admins", async () => {
  expect((await gate.fetch("/admin/report")).code).toBe("token_missing");
  expect((await gate.as("alice").fetch("/admin/report")).code).toBe("access_denied");
  expect((await gate.as("ada").fetch("/admin/report")).status).toBe(200);
});
