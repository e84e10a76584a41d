import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { checkGraph } from "@sst-gatehouse/deploy/rules";
import { describe, expect, test } from "vitest";

import { one } from "./support/evaluate-run.ts";
import { access, evaluateSample, stageOf } from "./support/sample.ts";

test("the component in app() is told to be in run()", async () => {
  const from = 'await import("sst-gatehouse/app")';
  const to = `(await import("sst-gatehouse/sst"), ${from})`;
  const changes = [{ file: "sst.config.ts", from, to }];
  await expect(evaluateSample({ stage: "anna", changes })).rejects.toThrow(
    "sst-gatehouse/sst is for run() of sst.config.ts, where SST has made $util, aws and sst",
  );
});

describe("with the AWS provider of SST 3", () => {
  const changes = [
    {
      file: "packages/sst-gatehouse/src/component/gate-context.ts",
      from: "awsProviderOf($cli.paths.platform)",
      to: '"6.66.2"',
    },
  ];
  const why = "the AWS provider 6.66.2 is older than 6.81 (version in app() of sst.config.ts)";

  test("a gate works without rotation, and says so in one line", async () => {
    const { graph } = await evaluateSample({ stage: "anna", changes });
    expect(graph.outputs["refreshTokens"]).toBe(`do not rotate: ${why}`);
    expect(one(graph, "GateWebClient").inputs).toMatchObject({
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
    });
    expect(one(graph, "GateWebClient").inputs["refreshTokenRotation"]).toBeUndefined();
    const old = { ...graph, awsProvider: "6.66.2" };
    expect(checkGraph(old, stageOf("anna"), access, { strict: false })).toEqual([]);
    // The rules know by themselves which provider can.
    const rules = checkGraph(graph, stageOf("anna"), access).map(({ rule }) => rule);
    expect(rules).toEqual(["client-auth-flows", "client-rotation"]);
  });

  test.each([
    [
      { spaClient: true },
      `stages.ts: spaClient needs refresh tokens that rotate, because its app client has no secret, and ${why}: change one of the two`,
    ],
    [{ implicitGrant: true }, "stages.ts: implicitGrant needs refresh tokens that rotate"],
    [
      { threatProtection: "audit" },
      `stages.ts: threatProtection needs Cognito's plan Plus, and ${why}: change one of the two`,
    ],
  ] as const)("%j is refused", async (anna, refusal) => {
    expect(resolveStage({ default: anna }, "anna")).toMatchObject(anna);
    await expect(evaluateSample({ stage: "anna", anna, changes })).rejects.toThrow(refusal);
  });
});
