import { join } from "node:path";

import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { createEvaluator, type Evaluator } from "@sst-gatehouse/deploy/evaluate-config";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { afterAll, beforeAll, expect, test } from "vitest";

import { access } from "../access.ts";
import { stages } from "../stages.ts";

let evaluator: Evaluator;
beforeAll(async () => {
  evaluator = await createEvaluator({ root: join(import.meta.dirname, "..") });
});
afterAll(() => evaluator.close());

test.each(["anna", "production"])(
  "what stages.ts and access.ts say makes nothing that AWS would refuse, for %s",
  async (stage) => {
    const { graph } = await evaluator.evaluate({ stage });
    expect(checkGraph(graph, resolveStage(stages, stage), access)).toEqual([]);
  },
);
