import { join } from "node:path";

import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { expect, test } from "vitest";

import { access } from "../access.ts";
import { stages } from "../stages.ts";

const root = join(import.meta.dirname, "..");

test.each(["anna", "production"])(
  "what stages.ts and access.ts say makes nothing that AWS would refuse, for %s",
  async (stage) => {
    const { graph, ...evaluation } = await evaluateConfig({ root, stage });
    await evaluation.dispose();
    expect(checkGraph(graph, resolveStage(stages, stage), access)).toEqual([]);
  },
);
