import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { runConfig, type Run } from "./run-config.ts";

/** Runs a script in the place of the SST CLI, on Node. */
async function run(script: string, scratch?: string): Promise<Run> {
  const at = scratch ?? (await temporaryTree());
  await mkdir(join(at, "project"));
  await writeFile(
    join(at, "sst.mjs"),
    `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";\n${script}`,
  );
  const command = join(at, "sst-cli");
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' "$HOME/sst.mjs" "$@"\n`, {
    mode: 0o755,
  });
  const platform = { version: "3", awsVersion: "6", command, directory: "", providerLock: "" };
  const original = "/original";
  return runConfig({
    stage: "jane",
    dev: true,
    platform,
    parameters: { "/a": "1" },
    original,
    scratch: at,
  });
}

const home = "process.env.HOME";

test("gives the outcome and what was printed", async () => {
  const script = `
    console.log(process.argv.slice(2).join(" "));
    writeFileSync(${home} + "/outcome.json", '{"kind":"refused","message":"no"}');
    process.exit(1);`;
  expect(await run(script)).toEqual({
    outcome: { kind: "refused", message: "no" },
    printed: "deploy --stage=jane --dev\n",
  });
});

test("puts its own executables in the place of pulumi and npm, and tells the first what it needs", async () => {
  const scratch = await temporaryTree();
  const script = `
    const { spawnSync } = await import("node:child_process");
    const npm = spawnSync("npm", ["install"]);
    const pulumi = spawnSync(process.env.XDG_CONFIG_HOME + "/sst/bin/pulumi", ["destroy"], { encoding: "utf8" });
    console.log(npm.status, /no command destroy/.test(pulumi.stderr), process.env.TMPDIR === ${home} + "/tmp");
    writeFileSync(${home} + "/outcome.json", '{"kind":"refused","message":"no"}');`;
  expect((await run(script, scratch)).printed).toBe("1 true true\n");
  expect(JSON.parse(await readFile(join(scratch, "settings.json"), "utf8"))).toEqual({
    root: join(scratch, "project"),
    original: "/original",
    dev: true,
    parameters: { "/a": "1" },
    mark: expect.stringMatching(/^[0-9a-f]{16}$/),
    outcome: join(scratch, "outcome.json"),
  });
});

test("tries again while another CLI takes the port", async () => {
  const script = `
    appendFileSync(${home} + "/calls", "x");
    const kind = readFileSync(${home} + "/calls", "utf8").length < 3 ? "port-taken" : "refused";
    writeFileSync(${home} + "/outcome.json", JSON.stringify({ kind, message: "third" }));`;
  expect((await run(script)).outcome).toEqual({ kind: "refused", message: "third" });
});

test("tries again when another CLI has taken the port before the config was read", async () => {
  const script = `
    appendFileSync(${home} + "/calls", "x");
    if (readFileSync(${home} + "/calls", "utf8").length < 3) console.log("✕  Interrupted    ");
    else writeFileSync(${home} + "/outcome.json", '{"kind":"refused","message":"third"}');`;
  expect((await run(script)).outcome).toEqual({ kind: "refused", message: "third" });
});

test("gives up when it is taken each time", async () => {
  const scratch = await temporaryTree();
  const script = `
    appendFileSync(${home} + "/calls", "x");
    writeFileSync(${home} + "/outcome.json", '{"kind":"port-taken"}');`;
  await expect(run(script, scratch)).rejects.toThrow("took the port of this one each time");
  expect(await readFile(join(scratch, "calls"), "utf8")).toBe("xxxxx");
});

test("does not take an earlier outcome for one of now", async () => {
  const scratch = await temporaryTree({ "outcome.json": '{"kind":"refused","message":"old"}' });
  await expect(run(`console.log("✕  new");`, scratch)).rejects.toThrow(/^new$/);
});

const silent: [what: string, script: string, message: string][] = [
  [
    "what it printed",
    `console.log("✕  The stage name is invalid.");`,
    "The stage name is invalid.",
  ],
  [
    "what it logged before it read the config",
    `writeFileSync(process.env.TMPDIR + "/sst-1.log", 'msg="exited with error" err="early"');`,
    "early",
  ],
  [
    "what it logged after it read the config",
    `const { mkdirSync } = await import("node:fs");
     mkdirSync(".sst/log", { recursive: true });
     writeFileSync(".sst/log/sst.log", 'msg="exited with error" err="late"');`,
    "late",
  ],
  [
    "what nobody plays, when that was the reason",
    `await fetch(process.env.AWS_ENDPOINT_URL, { method: "POST", headers: { "x-amz-target": "A.B" } });`,
    "The stand-in for AWS does not know what SST asked it for: POST / A.B",
  ],
];

test.each(silent)("rejects with %s, when there is no outcome", async (_what, script, message) => {
  await expect(run(script)).rejects.toThrow(new Error(message));
});
