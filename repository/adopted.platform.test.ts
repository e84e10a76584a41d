import { join } from "node:path";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { expect, test } from "vitest";

import { gate } from "../gate.ts";

const root = join(import.meta.dirname, "..");

test.each(["anna", "production"])(
  "what gate.ts, stages.ts and access.ts say makes nothing that AWS would refuse, for %s",
  async (stage) => {
    const evaluation = await evaluateConfig({ root, stage });
    await evaluation.dispose();
    expect(checkGraph(evaluation.graph, stageOfGate(gate, stage), gate.access)).toEqual([]);
  },
);
