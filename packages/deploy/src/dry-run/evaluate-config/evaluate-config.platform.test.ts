import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { copySampleApp, sampleApp } from "../../../test/sample-app.ts";
import {
  createEvaluator,
  evaluateConfig,
  type EvaluateOptions,
  type Evaluation,
  type Evaluator,
  type Question,
} from "./evaluate-config.ts";
import type { Graph } from "../graph/graph.ts";
import { installPlatform, type Platform } from "../platform/platform.ts";

// Evaluates a small test app with SST's components, which needs the project's platform.

const repository = join(import.meta.dirname, "../../../../..");

let platform: Platform;
let root: string;
const printed: string[] = [];
/** Most tests share one copy of the app. */
let evaluator: Evaluator;
beforeAll(async () => {
  platform = await installPlatform(repository);
  root = await copySampleApp(platform);
  evaluator = await createEvaluator({ root, platform, print: (line) => printed.push(line) });
}, 180_000);
afterAll(async () => {
  await evaluator.close();
  await rm(root, { recursive: true });
});

async function app(): Promise<string> {
  const copy = await copySampleApp(platform);
  onTestFinished(() => rm(copy, { recursive: true }));
  return copy;
}

function evaluate(question: Partial<Question> = {}): Promise<Evaluation> {
  return evaluator.evaluate({ stage: "jane", ...question });
}

async function evaluateAlone(options: Partial<EvaluateOptions> = {}): Promise<Evaluation> {
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
      awsProvider: "6.83.4",
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
      await readFile(join(sampleApp, "edge/index.cjs")),
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
    const [one, two] = await Promise.all([evaluate(), evaluateAlone({ root: await app() })]);
    expect(JSON.stringify(two.graph)).toBe(JSON.stringify(one.graph));
  });

  test("know nothing of each other's changes, and leave nothing behind", async () => {
    const own = await app();
    const change = { file: "handler.ts", from: "204", to: "205" };
    const [plain, changed] = await Promise.all([
      evaluateAlone({ root: own }),
      evaluateAlone({ root: own, changes: [change] }),
    ]);
    const keys = [plain, changed].map(({ graph }) => find(graph, "ApiFunction")?.inputs["s3Key"]);
    expect(keys[0]).not.toEqual(keys[1]);
    await Promise.all([plain.dispose(), changed.dispose()]);
    expect(await readdir(join(own, ".cache"))).toEqual([]);
    expect(await readdir(own)).not.toContain(".sst");
  });
});

describe("one evaluation after the other, of one copy", () => {
  const told = (value: string) => ({
    file: "resources.ts",
    from: "before: before",
    to: `told: ${value}, before: before`,
  });

  test("knows nothing of the changes of the one before, and keeps its code", async () => {
    const [first, changed, last] = [
      await evaluate(),
      await evaluate({
        changes: [
          { file: "handler.ts", from: "204", to: "205" },
          { file: "edge/index.cjs", content: "changed" },
        ],
      }),
      await evaluate(),
    ];
    expect(last.graph).toEqual(first.graph);
    expect(changed.graph).not.toEqual(first.graph);
    const texts = async (evaluation: Evaluation): Promise<readonly string[]> => {
      const [api, edge] = [await evaluation.code("ApiFunction"), await evaluation.code("Edge")];
      return [
        await readFile(join(api.directory, "bundle.mjs"), "utf8"),
        await readFile(join(edge.directory, "index.cjs"), "utf8"),
      ];
    };
    const [own = "", edge] = await texts(first);
    expect(own).toContain("statusCode: 204");
    expect(await texts(changed)).toEqual([own.replace("204", "205"), "changed"]);
    expect(await texts(last)).toEqual([own, edge]);
  });

  test("finds directory and environment as if it were the first, and leaves this process alone", async () => {
    const before = [process.cwd(), { ...process.env }];
    const changes = [
      told(
        '(process.env["AWS_REGION"] = "xx", process.chdir("/"), globalThis["left"] = 1, process.pid)',
      ),
    ];
    const { graph: first } = await evaluate({ changes });
    const { graph } = await evaluate({
      changes: [told('[process.pid, process.env["AWS_REGION"] ?? "none", process.cwd()]')],
    });
    expect(graph.outputs["told"]).toEqual([first.outputs["told"], "none", "."]);
    expect(first.outputs["told"]).not.toBe(process.pid);
    expect([process.cwd(), { ...process.env }]).toEqual(before);
  });

  describe("has its process, whose number it tells,", () => {
    const pidOf = async (...expressions: readonly string[]) => {
      const changes = [told(["process.pid", ...expressions].join(" + 0 * "))];
      return (await evaluate({ changes })).graph.outputs["told"];
    };
    const refused = (code: string) => ({
      file: "sst.config.ts",
      from: "return resources();",
      to: code,
    });
    const refuse = async (code: string, message: string): Promise<void> => {
      const evaluation = evaluate({ changes: [refused(code)] });
      await expect(evaluation).rejects.toThrow(new Error(message));
    };
    const lost =
      'new aws.iam.Role("Lost", { assumeRolePolicy: new Promise(() => undefined) }); return {};';

    test.each([
      ["throws", 'throw new Error("no");', "no"],
      ["drops a promise that fails", 'void Promise.reject(new Error("no")); return {};', "no"],
      [
        "waits for what never comes",
        lost,
        "The config never finished: it waits for something that never happens.",
      ],
    ])(
      "in common with one that was refused because it %s, and the same graph",
      async (_why, code, message) => {
        const [pid, { graph }] = [await pidOf(), await evaluate()];
        await refuse(code, message);
        expect([await pidOf(), (await evaluate()).graph]).toEqual([pid, graph]);
      },
    );

    test.each([
      ["is still at work", "setInterval(() => undefined, 100);"],
      ["fails once more", 'setTimeout(() => { throw new Error("later"); }, 100);'],
    ])("not in common with one that was refused and %s", async (_what, code) => {
      const pid = await pidOf();
      await refuse(`${code} throw new Error("no");`, "no");
      expect(await pidOf()).not.toBe(pid);
    });

    test("not in common with one that left a gigabyte behind", async () => {
      const pid = await pidOf();
      expect(await pidOf("(globalThis.left = Buffer.alloc(1e9, 1)).length")).toBe(pid);
      expect(await pidOf()).not.toBe(pid);
    });
  });
});

test("nothing of this machine is in the graph, and no account in the environment", async () => {
  const change = {
    file: "resources.ts",
    from: "before: before",
    to: "here: [process.cwd(), process.cwd() + '/edge'], aws: Object.keys(process.env).filter((name) => name.startsWith('AWS')).sort(), before: before",
  };
  const { graph } = await evaluate({ changes: [change] });
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
      "that asks for another provider than its text says",
      config,
      "version:",
      'version: ["6", "0", "0"].join("."), others:',
      "sst.config.ts asks for AWS provider 6.0.0, and .sst has 6.83.4: run npx sst install, or write the version itself into sst.config.ts",
    ],
    [
      "that needs a variable of the terminal",
      config,
      "return resources();",
      'process.env.TERM; process.env["STAGE_DOMAIN"].split("."); return resources();',
      "Cannot read properties of undefined (reading 'split')\nAn evaluation has no variables of this terminal and of .env. The config, or what it imports, asks for STAGE_DOMAIN: if it needs one, give it a value for where it is not set.",
    ],
    [
      "that cannot be bundled",
      config,
      "./resources.ts",
      "./nowhere.ts",
      'Failed to build sst.config.ts\n   - sst.config.ts:20:39 Could not resolve "./nowhere.ts"',
    ],
    [
      "that imports at its top",
      config,
      "export default",
      'import { resources } from "./resources.ts"; void resources; export default',
      "Failed to build sst.config.ts\n   - sst.config.ts:9:26 sst.config.ts may import inside app() and run() only",
    ],
    [
      "that ends its own process",
      config,
      "return resources();",
      'console.error("good-bye"); process.exit(7); return resources();',
      "The evaluation ended its own process.\ngood-bye",
    ],
    [
      "whose handler is not there",
      infra,
      '"handler.handler"',
      '"nowhere.handler"',
      "handler not found: nowhere.handler",
    ],
    [
      "whose function cannot be built",
      "handler.ts",
      "statusCode: 204",
      'statusCode: 204, ...require("./nowhere.ts")',
      'handler.ts:2:39 Could not resolve "./nowhere.ts"',
    ],
    [
      "that asks the provider what AWS would refuse",
      infra,
      "const before =",
      'aws.ssm.getParametersByPathOutput({ path: "fixture" }); const before =',
      "Parameter Store takes a path that begins with a slash, not fixture",
    ],
    [
      "that makes the same thing twice",
      infra,
      "const before =",
      'new aws.Provider("Elsewhere", {}); const before =',
      "failed to register new resource Elsewhere [pulumi:providers:aws]: Elsewhere (pulumi:providers:aws) is created twice; rename one of them",
    ],
    [
      "that has something wait for what does not come",
      infra,
      "const before =",
      'new aws.iam.Role("Lost", { assumeRolePolicy: new Promise(() => undefined) }); const before =',
      "The config never finished: it waits for something that never happens.",
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
    const evaluation = evaluate({ changes: [{ file, from, to }] });
    await expect(evaluation).rejects.toThrow(new Error(message));
  });

  test("for a stage that no stage can be called", async () => {
    await expect(evaluate({ stage: "a_b" })).rejects.toThrow("The stage name is invalid.");
  });

  test("and leaves nothing behind", async () => {
    const own = await app();
    const changes = [{ file: config, from: "return resources();", to: 'throw new Error("no");' }];
    await expect(evaluateAlone({ root: own, changes })).rejects.toThrow(new Error("no"));
    expect(await readdir(join(own, ".cache"))).toEqual([]);
  });
});

describe("an app as real ones are", () => {
  const has = (what: string, ...added: { file: string; added: string }[]) =>
    evaluate({
      changes: [
        { file: "sst.config.ts", from: "return resources();", to: `${what} return resources();` },
        ...added,
      ],
    });

  test("has secrets, which only the account knows: each has its name, or its placeholder", async () => {
    const { graph } = await has(`
      const key = new sst.Secret("Key");
      const domain = new sst.Secret("Domain", "example.com");
      new sst.aws.Queue("Jobs", { transform: { queue: (args) => {
        args.tags = { key: key.value, domain: domain.value };
      } } });`);
    expect(find(graph, "JobsQueue")?.inputs["tags"]).toMatchObject({
      key: { "<secret>": "made-up-Key" },
      domain: { "<secret>": "example.com" },
    });
  });

  test("has dynamic resources of its own, whose providers Pulumi turns into text", async () => {
    const { graph } = await evaluate({
      changes: [
        {
          file: "sst.config.ts",
          from: "return resources();",
          to: `const pulumi = await import("@pulumi/pulumi");
            const [one, two] = [$util, pulumi].map(({ dynamic }, index) =>
              new dynamic.Resource({ create: async () => ({ id: "made by " + index }) }, "D" + index, {}));
            return { ...await resources(), texts: [one.__provider, two.__provider] };`,
        },
      ],
    });
    expect(graph.outputs["texts"]).toEqual([
      expect.stringContaining("made by "),
      expect.stringContaining("made by "),
    ]);
    expect(find(graph, "D1")).toMatchObject({ type: "pulumi-nodejs:dynamic:Resource", inputs: {} });
  });

  test("has functions with installed packages, esbuild's plugins, chunks, or no JavaScript", async () => {
    const evaluation = await has(
      `const handler = "other.handler";
      new sst.aws.Function("Installed", { handler, nodejs: { install: ["left-pad"], plugins: "plugins.mjs" } });
      new sst.aws.Function("Split", { handler: "handler.handler", nodejs: { splitting: true } });
      new sst.aws.Function("Python", { handler: "main.handler", runtime: "python3.12" });`,
      {
        file: "other.ts",
        added: 'import "left-pad"; import text from "a:b"; export const handler = () => text;',
      },
      {
        file: "plugins.mjs",
        added: `export default [{ name: "a", setup(build) {
          build.onResolve({ filter: /^a:/ }, ({ path }) => ({ path, namespace: "a" }));
          build.onLoad({ filter: /./, namespace: "a" }, () => ({ contents: "plugged in", loader: "text" }));
        } }];`,
      },
    );
    const codeOf = async (name: string) => {
      const { directory, isBuilt } = await evaluation.code(name);
      const [file = ""] = (await readdir(directory)).filter((one) => /bundle.mjs$|built/.test(one));
      return { isBuilt, text: await readFile(join(directory, file), "utf8") };
    };
    const installed = await codeOf("InstalledFunction");
    expect(installed.text).toContain('import "left-pad"');
    expect(installed.text).toContain("plugged in");
    expect((await codeOf("SplitFunction")).text).toContain("204");
    expect(await codeOf("PythonFunction")).toEqual({
      isBuilt: false,
      text: "main.handler for python3.12 is not built here.\n",
    });
  });

  test("has networks, databases, services and APIs, its own and others'", async () => {
    const { graph } = await has(`
      const vpc = new sst.aws.Vpc("Vpc", { nat: "ec2", bastion: true });
      const theirs = sst.aws.Vpc.get("Theirs", "vpc-0123");
      const link = [
        new sst.aws.Postgres("Postgres", { vpc }), new sst.aws.Aurora("Aurora", { engine: "mysql", vpc }),
        new sst.aws.Redis("Redis", { vpc }), sst.aws.Postgres.get("TheirPostgres", { id: "x" }),
        sst.aws.Redis.get("TheirRedis", "x"), sst.aws.Aurora.get("TheirAurora", "x"),
      ];
      new sst.aws.Function("Data", { handler: "handler.handler", vpc: theirs, link });
      const cluster = new sst.aws.Cluster("Cluster", { vpc });
      new sst.aws.Service("Service", { cluster, image: "nginx", loadBalancer: { ports: [{ listen: "80/http" }] } });
      sst.aws.Cluster.get("TheirCluster", { id: "x", vpc });
      sst.aws.Router.get("TheirRouter", "E123");
      const rest = new sst.aws.ApiGatewayV1("Rest");
      rest.route("GET /", "handler.handler");
      rest.deploy();
      new sst.aws.ApiGatewayWebSocket("Socket").route("$connect", "handler.handler");
      new sst.aws.Realtime("Realtime", { authorizer: "handler.handler" });
      const zone = await aws.route53.getZone({ name: "example.com" });
      const { value } = await aws.ssm.getParameter({ name: "/theirs" });
      new aws.route53.Record("Record", { zoneId: zone.zoneId, name: "x", type: "TXT", records: [value] });`);
    expect(find(graph, "Record")?.inputs).toMatchObject({
      zoneId: expect.stringMatching(/^Z[0-9A-F]{13}$/),
      records: ["made-up"],
    });
    expect(find(graph, "VpcPrivateSubnet2")?.inputs["availabilityZone"]).toBe("eu-west-1b");
  });

  test("has sites with a server, which need no build: the server has their rights", async () => {
    printed.length = 0;
    const { graph } = await has(
      `const bucket = new sst.aws.Bucket("Files");
      const web = new sst.aws.Nextjs("Web", { path: "web", link: [bucket] });
      new sst.aws.Function("Uses", { handler: "handler.handler", link: [web], environment: { URL: web.url } });`,
      { file: "web/package.json", added: '{"scripts":{"build":"next build"}}' },
    );
    expect(JSON.stringify(find(graph, "WebServerRole")?.inputs)).toContain("s3:*");
    expect(printed).toEqual([
      "web is not built; of Nextjs Web, the plan has the server's rights alone.",
    ]);
  });
});

test("refuses a change that changes nothing", async () => {
  const change = { file: "handler.ts", from: "206", to: "207" };
  await expect(evaluate({ changes: [change] })).rejects.toThrow(TypeError);
});

test("an evaluator that is closed leaves nothing behind", async () => {
  const own = await app();
  const closing = await createEvaluator({ root: own, platform });
  await closing.evaluate({ stage: "jane" });
  await closing.close();
  expect(await readdir(join(own, ".cache"))).toEqual([]);
});

test("an evaluator that is closed while it evaluates ends at once, and evaluates nothing more", async () => {
  const closing = await createEvaluator({ root: await app(), platform });
  const answers = Promise.allSettled([
    closing.evaluate({ stage: "jane" }),
    closing.evaluate({ stage: "joan" }),
  ]);
  await closing.close();
  expect((await answers).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(closing.evaluate({ stage: "jane" })).rejects.toThrow("The evaluator is closed.");
});

test("refuses previous parameters that are none", async () => {
  await expect(evaluate({ previous: { fixture: "1" } })).rejects.toThrow(
    "previous: fixture is not the full name of a parameter",
  );
});
