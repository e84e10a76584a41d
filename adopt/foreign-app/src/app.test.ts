import { expect, test } from "vitest";

import { app } from "./app";

test("lists books", async () => {
  const answer = await app.request("/books");
  expect(await answer.json()).toEqual([{ id: "1", title: "Middlemarch" }]);
});
