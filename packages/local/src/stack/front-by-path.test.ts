import { behaviorsOf } from "@sst-gatehouse/blueprint/behaviors";
import { expect, test } from "vitest";

import { frontByPath } from "./front-by-path.ts";

const backends = [
  { name: "api", paths: ["/*"] },
  { name: "files", paths: ["/files/*", "/v?/files"] },
  { name: "all-files", paths: ["/files*", "/(a.b)+"] },
];
const access = { scopes: [], rules: [] };
const frontOf = frontByPath(behaviorsOf({ access }, backends));

test.each([
  ["/", "api"],
  ["*", "api"],
  ["/files/a", "files"],
  ["/files/", "files"],
  ["/files/a/b?c=/d", "files"],
  ["/files", "all-files"],
  ["/filesystem", "all-files"],
  ["/files?a=/files/b", "all-files"],
  ["/Files/a", "api"],
  ["/v1/files", "files"],
  ["/v12/files", "api"],
  ["/v1/files/", "api"],
  ["/a/files/b", "api"],
  ["/(a.b)+", "all-files"],
  ["/(axb)+", "api"],
])("%s leads to %s", (target, name) => {
  expect(frontOf(target)).toMatchObject({ backend: name });
});

test("some backend takes what no other takes", () => {
  expect(() => frontByPath([{ pattern: "/a/*" }])).toThrow("no backend takes every path");
});
