import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { expect, test } from "vitest";

import { access } from "../access.ts";
import { stages } from "../stages.ts";
import { sharedEvaluator } from "./test/sample.ts";

test.each(["anna", "production"])(
  "what stages.ts and access.ts say makes nothing that AWS would refuse, for %s",
  async (stage) => {
    const { graph } = await (await sharedEvaluator()).evaluate({ stage });
    expect(checkGraph(graph, resolveStage(stages, stage), access)).toEqual([]);
  },
);
