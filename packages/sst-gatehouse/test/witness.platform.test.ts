import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { guardName } from "@sst-gatehouse/blueprint/guard-function";
import type { Evaluation } from "@sst-gatehouse/deploy/evaluate-config";
import { evaluateWithCli } from "@sst-gatehouse/deploy/evaluate-with-cli";
import { whyNoOwnNetwork } from "@sst-gatehouse/deploy/own-network";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { sharedEvaluator } from "./support/sample.ts";

// What all other tests take from an evaluation of our own, SST's CLI comes to as well.

const root = join(import.meta.dirname, "../../..");
const question = { stage: "anna" };
const why = whyNoOwnNetwork();

let ours: Evaluation;
let witness: Evaluation;
beforeAll(async () => {
  if (why !== undefined) return;
  const evaluator = await sharedEvaluator();
  ours = await evaluator.evaluate(question);
  witness = await evaluateWithCli({ root, ...question });
}, 300_000);
afterAll(() => Promise.all([ours?.dispose(), witness?.dispose()]));
beforeEach(({ skip }) => skip(why !== undefined, why));

/** The backend's zip is named by its hash. */
function withoutZip({ graph }: Evaluation): unknown {
  const names = new Map<string, string>();
  const text = JSON.stringify(graph).replaceAll(/(?<=code-|\/)[0-9a-f]{64}(?=\.)/g, (hash) => {
    names.set(hash, `<hash ${names.size}>`);
    return names.get(hash) ?? "";
  });
  return JSON.parse(text, (key, value: unknown) => (key === "code.zip" ? "<zip>" : value));
}

test("SST's CLI makes the same graph, but for the hash of the backend's zip", () => {
  expect(withoutZip(ours)).toEqual(withoutZip(witness));
});

test("SST's CLI bundles the same backend, below the lines that a bundle begins with", async () => {
  const [own, theirs] = await Promise.all(
    [ours, witness].map(async (evaluation) => {
      const { directory, handler } = await evaluation.code("GateApiFunction");
      const text = await readFile(join(directory, "bundle.mjs"), "utf8");
      const lines = text.split("\n");
      const begin = lines.findIndex(
        (line) => !/^(?:import |const (?:require|__\w+) ?=)/.test(line),
      );
      return { handler, begin, code: lines.slice(begin).join("\n") };
    }),
  );
  expect(own?.code.length).toBeGreaterThan(10_000);
  expect(own).toEqual(theirs);
});

test("SST's CLI uploads the same guard, byte for byte", async () => {
  const name = guardName(ours.graph.app, ours.graph.stage);
  const inputs = [ours, witness].map(
    ({ graph }) => graph.resources.find((resource) => resource.name === name)?.inputs["code"],
  );
  expect(JSON.stringify(inputs[0])).toContain("lambda.cjs");
  expect(inputs[0]).toEqual(inputs[1]);
});
