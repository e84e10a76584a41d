import { join } from "node:path";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { createEvaluator, type Evaluator } from "@sst-gatehouse/deploy/evaluate-config";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { afterAll, beforeAll, expect, test } from "vitest";

import { gate } from "../gate.ts";

let evaluator: Evaluator;
beforeAll(async () => {
  evaluator = await createEvaluator({ root: join(import.meta.dirname, "..") });
});
afterAll(() => evaluator.close());

test.each(["anna", "production"])(
  "what gate.ts, stages.ts and access.ts say makes nothing that AWS would refuse, for %s",
  async (stage) => {
    const { graph } = await evaluator.evaluate({ stage });
    expect(checkGraph(graph, stageOfGate(gate, stage), gate.access)).toEqual([]);
  },
);
