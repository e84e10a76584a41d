import { expect, test } from "vitest";

import { app } from "./app";

test("is healthy", async () => {
  const answer = await app.request("/public/health");
  expect(await answer.json()).toEqual({ ok: true });
});
