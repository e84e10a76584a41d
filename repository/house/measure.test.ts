import { describe, expect, test } from "vitest";

import { maxFilesInFolder, measureHouse } from "./measure.ts";
import type { SourceFile } from "./source-files.ts";

/** Files of ten lines: path to what it imports. A specifier that begins with a dot walks to the file itself. */
function files(imports: Readonly<Record<string, readonly string[]>>): readonly SourceFile[] {
  return Object.entries(imports).map(([path, targets]) => ({
    path,
    lines: 10,
    imports: targets.map((target) => {
      const door = target.startsWith("door:");
      const byPath = target.startsWith("path:");
      return {
        specifier: door ? "@sst-gatehouse/somewhere" : "./somewhere.ts",
        target: target.replace(/^(door|path):/, ""),
        byPath,
      };
    }),
  }));
}

const sound = {
  "packages/core/src/main.ts": ["packages/core/src/token/token.ts", "packages/core/src/errors.ts"],
  "packages/core/src/token/token.ts": ["packages/core/src/errors.ts"],
  "packages/core/src/errors.ts": [],
  "packages/core/src/errors.test.ts": ["packages/core/src/errors.ts"],
  "packages/edge/src/lambda.ts": ["door:packages/core/src/main.ts"],
};
const floors = {
  "packages/core/src": ["main", "token/", "errors"],
  "packages/edge/src": ["lambda"],
};

test("finds nothing wrong with a house in which every arrow leads down", () => {
  expect(measureHouse(files(sound), floors)).toEqual({
    folders: [
      ["packages/core/src", 2],
      ["packages/core/src/token", 1],
      ["packages/edge/src", 1],
    ],
    cycles: [],
    upArrows: [],
    unordered: [],
    testOnly: [],
    pastExports: [],
    lines: { ship: 40, all: 50 },
  });
});

describe("an arrow that leads up", () => {
  const up = files({
    ...sound,
    "packages/core/src/errors.ts": ["packages/core/src/token/token.ts"],
  });

  test("is named with the import that makes it, and so is the ring that it closes", () => {
    expect(measureHouse(up, floors)).toMatchObject({
      upArrows: [
        "packages/core/src: errors → token/  (packages/core/src/errors.ts imports packages/core/src/token/token.ts)",
      ],
      cycles: ["packages/core/src: token/ → errors"],
    });
  });

  test("is found without a ring, where the reading order alone forbids it", () => {
    const order = { ...floors, "packages/core/src": ["errors", "main", "token/"] };
    expect(measureHouse(files(sound), order)).toMatchObject({
      upArrows: [
        "packages/core/src: main → errors  (packages/core/src/main.ts imports packages/core/src/errors.ts)",
        "packages/core/src: token/ → errors  (packages/core/src/token/token.ts imports packages/core/src/errors.ts)",
      ],
      cycles: [],
    });
  });

  test("is no matter between two files of a folder below src", () => {
    const inside = files({
      ...sound,
      "packages/core/src/token/token.ts": ["packages/core/src/token/claims.ts"],
      "packages/core/src/token/claims.ts": ["packages/core/src/token/token.ts"],
    });
    expect(measureHouse(inside, floors)).toMatchObject({ upArrows: [], cycles: [] });
  });
});

test("names packages that import each other, tests included", () => {
  const ring = files({
    ...sound,
    "packages/core/src/errors.test.ts": ["door:packages/edge/src/lambda.ts"],
  });
  expect(measureHouse(ring, floors).cycles).toEqual(["packages: packages/core → packages/edge"]);
});

test("names a room without a place in the order, and a place without a room", () => {
  const order = {
    "packages/core/src": ["main", "token/", "cellar/"],
    "packages/edge/src": ["lambda"],
  };
  expect(measureHouse(files(sound), order).unordered).toEqual([
    "packages/core/src: errors has no place in the reading order",
    "packages/core/src: there is no cellar/",
  ]);
});

test("leaves the order of the app behind the guard to its owner", () => {
  const own = files({ ...sound, "packages/functions/src/routes/orders.ts": [] });
  const order = { ...floors, "packages/functions/src": ["page/"] };
  expect(measureHouse(own, order)).toMatchObject({ unordered: [], testOnly: [] });
});

test.each([
  [
    "a file that only a test imports",
    { "packages/core/src/errors.test.ts": ["packages/core/src/double.ts"] },
  ],
  ["a file that nobody imports", {}],
  [
    "a file that only such a file imports",
    { "packages/core/src/other.ts": ["packages/core/src/double.ts"] },
  ],
])("finds %s in src", (_what, importers) => {
  const house = measureHouse(
    files({ ...sound, "packages/core/src/double.ts": [], ...importers }),
    floors,
  );
  expect(house.testOnly).toContain("packages/core/src/double.ts");
});

describe("an import that takes no door", () => {
  test.each([
    ["of another package's src", "acceptance/a.test.ts", "packages/core/src/errors.ts"],
    ["of tests by the product", "packages/core/src/main.ts", "packages/core/test/keys.ts"],
    ["of a file to read by its path", "bench/a.ts", "path:packages/core/src/errors.ts"],
  ])("is found: %s", (_what, from, target) => {
    const house = measureHouse(
      files({ ...sound, "packages/core/test/keys.ts": [], [from]: [target] }),
      floors,
    );
    expect(house.pastExports).toEqual([`${from} imports ${target.replace("path:", "")}`]);
  });

  test.each([
    ["through a door", "acceptance/a.test.ts", "door:packages/core/src/errors.ts"],
    ["of a program that is started", "acceptance/a.test.ts", "path:packages/core/src/main.ts"],
    [
      "of a package's own tests by its tests",
      "packages/core/src/a.test.ts",
      "packages/core/test/keys.ts",
    ],
  ])("is not one: %s", (_what, from, target) => {
    const house = measureHouse(
      files({ ...sound, "packages/core/test/keys.ts": [], [from]: [target] }),
      floors,
    );
    expect(house.pastExports).toEqual([]);
  });
});

test("counts no test among the files of a folder", () => {
  const many = Object.fromEntries(
    Array.from({ length: maxFilesInFolder }, (_, index) => [
      `packages/core/src/token/t${index}.ts`,
      [],
    ]),
  );
  const tests = Object.fromEntries(
    Object.keys(many).map((path) => [path.replace(".ts", ".test.ts"), []]),
  );
  const [[folder, count] = []] = measureHouse(files({ ...many, ...tests }), {}).folders;
  expect([folder, count]).toEqual(["packages/core/src/token", maxFilesInFolder]);
});
