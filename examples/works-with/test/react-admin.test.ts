import jsonServerProvider from "ra-data-json-server";
import { fetchUtils } from "ra-core";
import { expect, test } from "vitest";

import { playedGate } from "./gate";

const gate = playedGate();

test("react-admin's data provider lists, counts, reads, changes and deletes", async () => {
  const token = await gate.current.as("alice").token();
  const provider = jsonServerProvider(gate.current.url, (url, options = {}) =>
    fetchUtils.fetchJson(url, {
      ...options,
      user: { authenticated: true, token: `Bearer ${token}` },
    }),
  );
  const list = await provider.getList("posts", {
    pagination: { page: 2, perPage: 5 },
    sort: { field: "id", order: "ASC" },
    filter: {},
  });
  expect([list.total, list.data.map(({ id }) => id)]).toEqual([37, [6, 7, 8, 9, 10]]);
  const { data: post } = await provider.getOne("posts", { id: 7 });
  expect(post).toEqual({ id: 7, title: "Post 7" });
  const changed = { id: 7, data: { title: "Grüße" }, previousData: post };
  expect((await provider.update("posts", changed)).data).toEqual({ id: 7, title: "Grüße" });
  await provider.delete("posts", { id: 8 });
  await expect(provider.getOne("posts", { id: 8 })).rejects.toMatchObject({ status: 404 });
});
