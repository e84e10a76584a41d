import { type Gatehouse, startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The whole chain, on this machine. `alice` is in no group, `ada` in `admin`. */
let gate: Gatehouse;
beforeAll(async () => {
  gate = await startGatehouse();
}, 60_000);
afterAll(() => gate.close());

const order = (type: string, body: string) => ({
  method: "POST",
  headers: { "content-type": type },
  body,
});

test("keeps each person's orders, sent as JSON and as a form", async () => {
  const { fetch } = gate.as("alice");
  const first = await fetch("/orders", order("application/json", '{"item":"Tee"}'));
  expect([first.status, first.headers.get("location"), await first.json()]).toEqual([
    201,
    "/orders/1",
    { id: 1, item: "Tee", by: "alice" },
  ]);
  const second = await fetch(
    "/orders",
    order("application/x-www-form-urlencoded", "item=Br%C3%B6tchen"),
  );
  expect(await second.json()).toEqual({ id: 2, item: "Brötchen", by: "alice" });
  expect(await (await fetch("/orders")).json()).toHaveLength(2);
  expect(await (await gate.as("ada").fetch("/orders")).json()).toEqual([]);
});

test("lets admins alone export them", async () => {
  expect((await gate.fetch("/orders/export")).code).toBe("token_missing");
  expect((await gate.as("alice").fetch("/orders/export")).code).toBe("access_denied");
  const csv = await gate.as("ada").fetch("/orders/export");
  expect([csv.headers.get("content-disposition"), await csv.text()]).toEqual([
    "attachment; filename=orders.csv",
    "id;item;by\n1;Tee;alice\n2;Brötchen;alice",
  ]);
});

test("tells a monitor that it is well, and an error of its own from one of the guard", async () => {
  expect((await gate.fetch("/health")).status).toBe(200);
  const refused = await gate.as("alice").fetch("/orders", order("application/json", "{}"));
  expect([refused.status, refused.code, await refused.json()]).toEqual([
    400,
    undefined,
    { error: "item is missing" },
  ]);
});
