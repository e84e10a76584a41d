import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { guardName } from "@sst-gatehouse/blueprint/guard-function";
import {
  createEvaluator,
  type Evaluation,
  type Evaluator,
  type SourceChange,
} from "@sst-gatehouse/deploy/evaluate-config";
import { reviewed } from "@sst-gatehouse/deploy/plan";
import { startStack } from "@sst-gatehouse/local/stack";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { deployArtifacts } from "@sst-gatehouse/local/deploy-artifacts";
import { sample } from "../sample/sample.ts";
import { watchListeners, whyUnwatched } from "@sst-gatehouse/testkit/listeners";
import { runSuite } from "../support/child-run.ts";
import { startCommand, type RunningStack } from "../support/command.ts";
import { createLeakFinder } from "../support/leaks.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import { bundlesOfRun } from "./setup.ts";

const stage = "from-deploy";
const { app } = sample.gate;

/** With the suite's own sample of what an adopter writes. */
let root: string;
let copy: RepositoryCopy;
/** Of the copy: its first evaluation takes as long as ten others. */
let evaluator: Evaluator;
beforeAll(async () => {
  copy = copyRepository({ guard: bundlesOfRun().edge.directory });
  ({ root } = copy);
  evaluator = await createEvaluator({ root });
});
afterAll(async () => {
  await evaluator.close();
  copy.remove();
});

describe("start --from-deploy", () => {
  let stack: RunningStack;
  let evaluation: Evaluation;
  let listeners: readonly unknown[];
  beforeAll(async () => {
    const watch = whyUnwatched === undefined ? await watchListeners(process.pid) : undefined;
    [stack, evaluation] = await Promise.all([
      startCommand(root, undefined, ["--from-deploy"]),
      evaluator.evaluate({ stage }),
    ]);
    listeners = (await watch?.stop()) ?? [];
  }, 300_000);
  afterAll(async () => {
    await Promise.all([stack.stop(), evaluation.dispose()]);
  });

  test("says what it does, on stderr", () => {
    expect(stack.terminal()).toContain(
      "Running what sst deploy would upload: edits are not picked up; restart to see them.\n",
    );
    expect(stack.terminal()).toContain(`Evaluating sst.config.ts for stage ${stage} …\n`);
  });

  test("starts nothing that another machine could reach", ({ skip }) => {
    skip(whyUnwatched !== undefined, whyUnwatched);
    expect(listeners).toEqual([]);
  });

  test("runs the guard's archive of the graph and the backend's zip, byte for byte, but for the settings", async ({
    skip,
  }) => {
    skip(process.platform !== "linux", "where a function runs is looked up in /proc");
    const running = childrenOf(stack.child.pid ?? 0).map((pid) => readlinkSync(`/proc/${pid}/cwd`));
    // The bundler that has read gate.ts runs in the folder of the command.
    const directories = [...new Set(running)].filter((directory) => directory !== root);
    expect(directories).toHaveLength(2);
    const [guard, api] = ["lambda.cjs", "bundle.mjs"].map((file) =>
      directories.find((directory) => readdirSync(directory).includes(file)),
    );
    const { "settings.json": settings, "sealing.json": keys, ...code } = digestsIn(guard ?? "");
    const archive = guardArchive(evaluation);
    const { "settings.json": deployed, "sealing.json": deployedKeys, ...uploaded } = archive;
    expect(code).toEqual(uploaded);
    expect(Object.keys(code)).toEqual([
      "access.json",
      "fetch-key-set.cjs",
      "lambda.cjs",
      "libraries.cjs",
      "parameters.cjs",
      "resource.cjs",
      "responses.cjs",
      "sessions.cjs",
      "stage-revocations.cjs",
    ]);
    expect(settings).not.toBe(deployed);
    expect(keys).not.toBe(deployedKeys);

    const zip = await evaluation.code("GateApiFunction");
    expect(zip.handler).toBe("bundle.handler");
    expect(digestsIn(api ?? "")).toEqual(digestsIn(zip.directory));
    expect(Object.keys(digestsIn(api ?? ""))).toEqual(["bundle.mjs", "resource.enc"]);
  });

  test("neither plan nor code holds a secret, but for the file with the keys of sessions", async () => {
    const guard = await evaluation.code(guardName(app.name, stage));
    const api = await evaluation.code("GateApiFunction");
    const keysFile = join(guard.directory, "sealing.json");
    const { keys }: { keys: string[] } = JSON.parse(readFileSync(keysFile, "utf8")).sealing;
    const clientSecrets = evaluation.graph.resources.flatMap(
      ({ outputs }) => /[0-9a-f]{52}/.exec(JSON.stringify(outputs["clientSecret"] ?? "")) ?? [],
    );
    // Of the guard's own client and of the machine's.
    expect([keys.length, clientSecrets.length]).toEqual([1, 2]);
    const leaksIn = createLeakFinder([
      ...keys.map((value) => ({ what: "a key that sessions are sealed with", value })),
      ...clientSecrets.map((value) => ({ what: "the secret of a client", value })),
    ]);
    const holders = [guard, api]
      .flatMap(({ directory }) => readdirSync(directory).map((file) => join(directory, file)))
      .filter((file) => leaksIn(readFileSync(file, "latin1")).length > 0);
    expect(holders).toEqual([keysFile]);

    for (const json of [false, true]) {
      const plan = reviewed(evaluation.graph, { root, gate: sample.gate }, { json, strict: false });
      expect(plan.text).toContain("web-client-secret");
      expect(leaksIn(plan.text)).toEqual([]);
    }
  });

  test("runs the guard that passes the whole suite elsewhere, byte for byte", async () => {
    const built = mkdtempSync(join(tmpdir(), "gatehouse-guard-"));
    const build = join(root, "packages/edge/build.ts");
    execFileSync(process.execPath, [build, "--outdir", built], { stdio: "ignore" });
    const {
      "settings.json": _settings,
      "access.json": _rules,
      "sealing.json": _keys,
      ...uploaded
    } = guardArchive(evaluation);
    expect(uploaded).toEqual(digestsIn(built));
    rmSync(built, { recursive: true });
  });

  // The guard's bytes are known from above. The backend is bundled by SST here, and has to do the same.
  test("passes what the suite asks of the wire, of tokens, of access, of the backend and of streams", async () => {
    const files = ["corpus", "tokens", "access", "function-url", "streams", "backend"];
    const { code, passed, failed, skipped, output } = await runSuite(stack.target, files);
    expect({ code, failed, output }).toEqual({ code: 0, failed: [], output: expect.any(String) });
    expect(passed.length).toBeGreaterThan(400);
    expect(skipped.filter((line) => !line.includes("other access rules"))).toEqual([]);
  }, 300_000);
});

test("a backend's artifact that does something else fails the suite", async () => {
  const artifacts = artifactsOf(stage);
  const stack = await startStack({
    project: sample,
    port: 0,
    explain: () => undefined,
    codeSource: async (into) => {
      const bundles = await artifacts(into);
      const file = join(bundles.functions["api"]?.directory ?? "", "bundle.mjs");
      const source = readFileSync(file, "utf8");
      expect(source).toContain("Hello, world!");
      writeFileSync(file, source.replace("Hello, world!", "Hello, nobody!"));
      return bundles;
    },
  });
  try {
    const { code, failed } = await runSuite(stack.outputs, ["tokens"]);
    expect([code, failed]).toEqual([
      1,
      ["a good token is admitted an ID token, with Hello, world!"],
    ]);
  } finally {
    await stack.close();
  }
});

test("each backend comes with what a deploy would upload, whoever makes the function", async () => {
  const handler = "packages/functions/src/lambda.handler";
  const backends = {
    files: { paths: ["/files/*"] },
    legacy: { paths: ["/legacy/*"] },
    api: { handler },
  };
  const artifacts = artifactsOf(stage, [
    {
      file: "gate.ts",
      from: `{ api: { handler: "${handler}" } }`,
      to: JSON.stringify(backends),
    },
    {
      file: "sst.config.ts",
      from: `return new Gatehouse("Gate", gate).outputs;`,
      to: `const covers = new sst.aws.Bucket("Covers");
    const { lock } = await import("sst-gatehouse/sst");
    const files = new sst.aws.Function("Own", lock(gate, {
      handler: "${handler}",
      streaming: false,
      link: [covers],
      environment: { LOG_LEVEL: "debug" },
    }));
    const { functionUrl: url, functionArn: arn } = aws.lambda.getFunctionUrlOutput({ functionName: "legacy" });
    return new Gatehouse("Gate", { ...gate, functions: { files, legacy: { url, arn } } }).outputs;`,
    },
  ]);
  const [edge, functions] = [mkdtempSync(join(tmpdir(), "a-")), mkdtempSync(join(tmpdir(), "b-"))];
  onTestFinished(() => [edge, functions].forEach((path) => rmSync(path, { recursive: true })));
  const gate = { ...sample.gate, backends };
  const bundles = await artifacts({ edge, functions, gate, reads: new Set() });
  expect(bundles.functions).toMatchObject({
    files: {
      directory: join(functions, "files"),
      handler: "bundle.handler",
      buffered: true,
      environment: { LOG_LEVEL: "debug", SST_KEY: expect.any(String) },
    },
    legacy: { directory: join(functions, "legacy"), standIn: true },
    api: { directory: join(functions, "api"), handler: "bundle.handler", buffered: false },
  });
  expect(Object.keys(bundles.functions["files"]?.environment ?? {})).not.toContain(
    "GATEHOUSE_EDGE_ROLE",
  );
  for (const name of ["files", "api"])
    expect(readdirSync(join(functions, name))).toContain("bundle.mjs");
  // What the bucket's name is, in the form in which SST gives it to the function.
  expect(readdirSync(join(functions, "files"))).toContain("resource.enc");
  expect(readdirSync(edge)).toContain("lambda.cjs");
});

test("a stage that the config refuses is not started, and the config's own words say why", async () => {
  const codeSource = artifactsOf("live");
  await expect(
    startStack({ project: sample, port: 0, explain: () => undefined, codeSource }),
  ).rejects.toThrow('stage "live": this looks like production');
});

/** As `start --from-deploy` takes them. @param changes of the config. */
function artifactsOf(of: string, changes: readonly SourceChange[] = []) {
  return deployArtifacts({
    root,
    app: app.name,
    stage: of,
    print: () => undefined,
    evaluate: (options) => evaluator.evaluate({ ...options, changes }),
  });
}

/** SHA-256 of each file by name; there are no directories in either bundle. */
function digestsIn(directory: string): Record<string, string> {
  const names = readdirSync(directory).toSorted();
  return Object.fromEntries(
    names.map((name) => {
      const bytes = readFileSync(join(directory, name));
      return [name, createHash("sha256").update(bytes).digest("hex")];
    }),
  );
}

function guardArchive({ graph }: Evaluation): Record<string, string> {
  const guard = graph.resources.find(({ name }) => name === guardName(app.name, stage));
  const code: { archive?: Record<string, { sha256: string }> } = Object(guard?.inputs["code"]);
  return Object.fromEntries(
    Object.entries(code.archive ?? {}).map(([file, { sha256 }]) => [file, sha256]),
  );
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
}
