import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { applyChange } from "../workspace/source-change.ts";
import { evaluateConfig, type EvaluateOptions, type Evaluation } from "./evaluate-config.ts";
import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import type { Graph } from "../graph/graph.ts";
import { installPlatform, type Platform } from "../platform/platform.ts";

// Runs the SST CLI on a small app of its own, which needs the project's platform.

const repository = join(import.meta.dirname, "../../../../..");

let platform: Platform;
beforeAll(async () => {
  platform = await installPlatform(repository);
});

async function app(): Promise<string> {
  const root = await temporaryTree();
  await cp(join(import.meta.dirname, "fixtures/app"), root, { recursive: true });
  // Whatever the project has moved on to.
  const [file, from] = ["sst.config.ts", 'version: "6.83.4"'];
  await applyChange(root, { file, from, to: `version: "${platform.awsVersion}"` });
  return root;
}

async function evaluate(options: Partial<EvaluateOptions> = {}): Promise<Evaluation> {
  const root = options.root ?? (await app());
  const evaluation = await evaluateConfig({ root, stage: "jane", platform, ...options });
  onTestFinished(() => evaluation.dispose());
  return evaluation;
}

function find({ resources }: Graph, name: string) {
  return resources.find((resource) => resource.name === name);
}

describe("an app", () => {
  test("is recorded with what it is made of", async () => {
    const { graph } = await evaluate({
      previous: { "/fixture/b": "2", "/fixture/a": "1", "/other": "3" },
    });
    const { resources, outputs, ...about } = graph;
    expect(about).toEqual({
      app: "fixture",
      stage: "jane",
      dev: false,
      removal: "remove",
      protect: false,
      region: "eu-west-1",
      lookups: [],
    });
    expect(outputs).toEqual({
      api: expect.stringMatching(/^https:\/\/[0-9a-f]{32}\.lambda-url\.eu-west-1\.on\.aws\/$/),
      edge: "arn:aws:lambda:us-east-1:123456789012:function:Edge-0000000:1",
      secret: "/fixture/secret",
      before: ["1", "2"],
    });
    expect(
      resources
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ region, type, name }) => `${region} ${type.split(":").at(-1)} ${name}`),
    ).toEqual([
      "eu-west-1 LogGroup ApiLogGroup",
      "eu-west-1 UserPool Pool",
      "eu-west-1 UserPoolClient Machine",
      "eu-west-1 Role ApiRole",
      "eu-west-1 Role EdgeRole",
      "eu-west-1 Function ApiFunction",
      "us-east-1 Function Edge",
      "eu-west-1 FunctionUrl ApiUrl",
      "eu-west-1 BucketObjectv2 ApiCode",
      "eu-west-1 BucketObjectv2 ApiSourcemap0",
      "eu-west-1 Parameter Secret",
    ]);
    expect(find(graph, "Edge")).toMatchObject({
      parent: "pulumi:pulumi:Stack::fixture-jane",
      dependsOn: ["aws:iam/role:Role::EdgeRole"],
      options: { retainOnDelete: true },
      inputs: {
        code: {
          archive: { "index.cjs": { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 64 } },
        },
      },
    });
    expect(find(graph, "Pool")?.options).toEqual({ protect: true });
    expect(find(graph, "Secret")?.inputs["value"]).toEqual({
      "<secret>": find(graph, "Machine")?.outputs["clientSecret"],
    });
  });

  test("gives the code of its functions, as it would be deployed", async () => {
    const evaluation = await evaluate();
    const edge = await evaluation.code("Edge");
    expect(edge.handler).toBe("index.handler");
    expect(await readFile(join(edge.directory, "index.cjs"))).toEqual(
      await readFile(join(import.meta.dirname, "fixtures/app/edge/index.cjs")),
    );
    const api = await evaluation.code("ApiFunction");
    expect(api.handler).toBe("bundle.handler");
    expect((await readdir(api.directory)).toSorted()).toEqual(["bundle.mjs", "resource.enc"]);
    expect(await readFile(join(api.directory, "bundle.mjs"), "utf8")).toContain("statusCode: 204");
  });

  test("is recorded as sst dev would deploy it", async () => {
    const { graph } = await evaluate({ dev: true });
    expect(graph.dev).toBe(true);
    expect(find(graph, "ApiUrl")?.inputs["invokeMode"]).toBe("BUFFERED");
    expect(find(graph, "ApiFunction")?.inputs["runtime"]).toBe("provided.al2023");
  });

  test("says what app() wants for the whole stage, and finds no parameters before its first deploy", async () => {
    const { graph } = await evaluate({ stage: "kept" });
    expect([graph.removal, graph.protect]).toEqual(["retain", true]);
    expect(graph.outputs["before"]).toEqual([]);
  });
});

describe("two evaluations at the same time", () => {
  test("give the same graph, byte for byte, from different directories", async () => {
    const [one, two] = await Promise.all([evaluate(), evaluate()]);
    expect(JSON.stringify(two.graph)).toBe(JSON.stringify(one.graph));
  });

  test("know nothing of each other's changes, and leave nothing behind", async () => {
    const root = await app();
    const change = { file: "handler.ts", from: "204", to: "205" };
    const [plain, changed] = await Promise.all([
      evaluate({ root }),
      evaluate({ root, changes: [change] }),
    ]);
    const keys = [plain, changed].map(({ graph }) => find(graph, "ApiFunction")?.inputs["s3Key"]);
    expect(keys[0]).not.toEqual(keys[1]);
    await Promise.all([plain.dispose(), changed.dispose()]);
    expect(await readdir(join(root, ".cache"))).toEqual([]);
    expect(await readdir(root)).not.toContain(".sst");
  });
});

test("nothing of this machine is in the graph, and no account in the environment", async () => {
  const root = await app();
  const change = {
    file: "resources.ts",
    from: "before: before",
    to: "here: [process.cwd(), process.cwd() + '/edge'], aws: Object.keys(process.env).filter((name) => name.startsWith('AWS')).sort(), before: before",
  };
  const { graph } = await evaluate({ root, changes: [change] });
  expect(graph.outputs["here"]).toEqual([".", "edge"]);
  expect(graph.outputs["aws"]).toEqual([
    "AWS_ACCESS_KEY_ID",
    "AWS_CONFIG_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SHARED_CREDENTIALS_FILE",
  ]);
  expect(JSON.stringify(graph)).not.toContain(root);
});

describe("a config is refused", () => {
  const config = "sst.config.ts";
  const infra = "resources.ts";
  const refusals: [what: string, file: string, from: string, to: string, message: string][] = [
    [
      "by run(), in its own words",
      config,
      "return resources();",
      'throw new TypeError("the stage is wrong:\\n  use another");',
      "the stage is wrong:\n  use another",
    ],
    [
      "by app(), in its own words",
      config,
      "return {",
      'if (stage) throw new TypeError("the stage is wrong:\\n  use another"); return {',
      "the stage is wrong:\n  use another",
    ],
    [
      "by a promise that nobody waits for",
      config,
      "return resources();",
      'void Promise.reject(new Error("nobody waits")); return resources();',
      "nobody waits",
    ],
    [
      "that cannot be bundled",
      config,
      "./resources.ts",
      "./nowhere.ts",
      'Failed to build sst.config.ts\n   - sst.config.ts:21:39 Could not resolve "./nowhere.ts"',
    ],
    [
      "that asks the provider what the stand-in cannot answer",
      infra,
      "const before =",
      "aws.getAvailabilityZonesOutput(); const before =",
      "The stand-in for AWS has no answer to the provider call aws:index/getAvailabilityZones:getAvailabilityZones. Add one to provider-calls.ts.",
    ],
    [
      "that makes the same thing twice",
      infra,
      "const before =",
      'new aws.Provider("Elsewhere", {}); const before =',
      "failed to register new resource Elsewhere [pulumi:providers:aws]: Elsewhere (pulumi:providers:aws) is made twice; give one another name",
    ],
    [
      "that has something wait for what does not come",
      infra,
      "const before =",
      'new aws.iam.Role("Lost", { assumeRolePolicy: new Promise(() => undefined) }); const before =',
      "The config never finished: it waits for something that does not come.",
    ],
    [
      "whose code is not there",
      infra,
      'FileArchive("edge")',
      'FileArchive("nowhere")',
      "failed to register new resource Edge [aws:lambda/function:Function]: ENOENT: no such file or directory, stat 'nowhere'",
    ],
  ];

  test.each(refusals)("%s", async (_what, file, from, to, message) => {
    const root = await app();
    const evaluation = evaluate({ root, changes: [{ file, from, to }] });
    await expect(evaluation).rejects.toThrow(new Error(message));
    expect(await readdir(join(root, ".cache"))).toEqual([]);
  });

  test("for a stage that no stage can be called", async () => {
    await expect(evaluate({ stage: "a_b" })).rejects.toThrow("The stage name is invalid.");
  });
});

test("refuses a change that changes nothing", async () => {
  const change = { file: "handler.ts", from: "206", to: "207" };
  await expect(evaluate({ changes: [change] })).rejects.toThrow(TypeError);
});

test("refuses previous parameters that are none", async () => {
  await expect(evaluate({ previous: { fixture: "1" } })).rejects.toThrow(
    "previous: fixture is no full name of a parameter",
  );
});
