import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { oldNode } from "./old-node.ts";

test("the oldest that is said to be needed is the one that npm is told", () => {
  const { engines } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../package.json"), "utf8"),
  );
  expect(engines).toEqual({ node: ">=22.18" });
});

test.each(["18.20.4", "20.19.5", "22.9.0", "22.17.1"])("%s is told to be too old", (version) => {
  expect(oldNode(version)).toBe(
    `This is Node.js ${version}, and gatehouse needs 22.18 or newer: install it, and run this again.`,
  );
});

test.each(["22.18.0", "22.23.3", "23.0.0", "24.4.1", process.versions.node])(
  "%s is fine",
  (version) => {
    expect(oldNode(version)).toBeUndefined();
  },
);
