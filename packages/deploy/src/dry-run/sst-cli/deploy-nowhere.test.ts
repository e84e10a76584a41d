import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { deployNowhere, type Deployed } from "./deploy-nowhere.ts";
import { whyNoOwnNetwork } from "./own-network.ts";

const why = whyNoOwnNetwork();
beforeEach(({ skip }) => skip(why !== undefined, why));

/** Runs a script in the place of the SST CLI, on Node. */
async function run(script: string, scratch?: string): Promise<Deployed> {
  const at = scratch ?? (await temporaryTree());
  await mkdir(join(at, "project"));
  await writeFile(join(at, "sst.mjs"), `import { writeFileSync } from "node:fs";\n${script}`);
  const command = join(at, "sst-cli");
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' "$HOME/sst.mjs" "$@"\n`, {
    mode: 0o755,
  });
  return deployNowhere({
    stage: "jane",
    dev: true,
    command,
    parameters: { "/a": "1" },
    original: "/original",
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
    outcome: join(scratch, "outcome.json"),
  });
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
    "what the stand-in does not support, when that was the reason",
    `await fetch(process.env.AWS_ENDPOINT_URL, { method: "POST", headers: { "x-amz-target": "A.B" } });`,
    "The stand-in for AWS does not support what SST asked it for: POST / A.B",
  ],
];

test.each(silent)("rejects with %s, when there is no outcome", async (_what, script, message) => {
  await expect(run(script)).rejects.toThrow(new Error(message));
});
