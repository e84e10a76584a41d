import { expect, test } from "vitest";

import { playedGate } from "./gate";

const gate = playedGate();
const { parse } = JSON;

test("knows who calls, and its own address", async () => {
  const answer = await gate.current.as("alice").fetch("/fastify/whoami?x=%5B1%5D");
  expect(await answer.json()).toEqual({
    caller: expect.objectContaining({ kind: "user", username: "alice" }),
    host: new URL(gate.current.url).host,
    url: "/fastify/whoami?x=%5B1%5D",
  });
  expect((await gate.current.fetch("/fastify/whoami")).code).toBe("token_missing");
});

test("takes JSON, redirects within the app, and sends bytes", async () => {
  const { fetch } = gate.current.as("alice");
  const body = '{"a":[1,"Grüße"]}';
  const echo = await fetch("/fastify/echo", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(await echo.json()).toEqual(parse(body));
  const away = await fetch("/fastify/away");
  expect([away.status, away.headers.get("location")]).toEqual([302, "/fastify/whoami"]);
  const bytes = new Uint8Array(await (await fetch("/fastify/bytes/1000")).arrayBuffer());
  expect([bytes.length, bytes.every((byte) => byte === 0xff)]).toEqual([1000, true]);
});
