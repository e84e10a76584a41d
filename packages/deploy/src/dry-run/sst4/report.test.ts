import { expect, test } from "vitest";

import { report } from "./report.ts";

const hash = { resource: "a:b:C::Code", path: "inputs.hash", before: "1", after: "2" };
const runtime = { resource: "a:b:C::Api", path: "inputs.runtime", before: "x", after: undefined };
const stage = { resource: "", path: "removal", before: undefined, after: { a: ["retain"] } };

const expectations = [
  { reason: "hashes differ", covers: ({ path }: { path: string }) => path === "inputs.hash" },
  { reason: "never seen", covers: () => false },
];

test("shows what was expected in short, and the rest in full", () => {
  expect(report([hash, runtime, hash, stage], expectations)).toEqual({
    lines: [
      "as expected, in 2 places: hashes differ",
      "a:b:C::Api  inputs.runtime",
      '    - "x"',
      "    + nothing",
      "the stage  removal",
      "    - nothing",
      '    + {"a":["retain"]}',
    ],
    surprises: 2,
  });
});

test("has nothing to say when nothing differs", () => {
  expect(report([], expectations)).toEqual({ lines: [], surprises: 0 });
});
