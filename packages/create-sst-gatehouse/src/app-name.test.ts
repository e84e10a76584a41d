import { expect, test } from "vitest";

import { appName } from "./app-name.ts";

test.each([
  ["my-app", "my-app"],
  ["My App", "my-app"],
  ["shop_2", "shop-2"],
  ["2048", "app"],
  ["3d-shop", "d-shop"],
  ["Käse & Brot", "kase-brot"],
  ["-x-", "x"],
  ["...", "app"],
  ["a".repeat(40), "a".repeat(30)],
  [`${"a".repeat(29)}-b`, "a".repeat(29)],
])("of the folder %s it is %s", (folder, name) => {
  expect(appName(folder)).toBe(name);
});
