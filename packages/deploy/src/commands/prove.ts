import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Writable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";

import { SSMClient } from "@aws-sdk/client-ssm";
import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { isProduction } from "@sst-gatehouse/blueprint/stages";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import { orCommandError } from "../aws-failure.ts";
import { orUsageError, requireStage } from "../command-line.ts";
import { CommandError, UsageError, type Command, type CommandContext } from "../command.ts";
import { installedPackage } from "../installed-package.ts";
import { loadStageOutputs } from "../load-stage-outputs.ts";
import { acceptance } from "./acceptance.ts";
import { examine } from "./doctor.ts";
import { gatherProof, type ProofSteps } from "./prove/gather-proof.ts";
import { measureCrowd, measureWarm, type StageToTime } from "./prove/measure-times.ts";
import { printTimes } from "./prove/print-times.ts";
import { stageToTime } from "./prove/stage-to-time.ts";
import { holds, type SuiteRun } from "./prove/proof.ts";
import { readSuite } from "./prove/read-suite.ts";
import { redact } from "./prove/redact.ts";
import { runSst } from "./prove/run-sst.ts";
import { writeProof } from "./prove/write-proof.ts";
import { confirm } from "./sweep/confirm.ts";
import { loadStageGuard } from "./sweep/stage-guard.ts";

const usage = `Deploys a stage twice, looks at it and tries it, and writes one file that says what AWS has shown.

  gatehouse prove --stage <name> [--remove] [--file <path>] [--idle <minutes>] [--production-too]
  gatehouse prove --stage <name> --times [--idle <minutes>]

  --stage <name>     a stage to make, or one that is deployed
  --remove           asks at the end whether to remove the stage
  --file <path>      where to write (default gatehouse-proof-<stage>.md)
  --idle <minutes>   how long nobody asks anything before the last times are taken (default 10)
  --times            only measures how long answers take from here, and prints that; nothing is deployed
  --production-too   needed for a production stage
  --help             this text

For the first deploy in an account, and for bug reports. It runs sst deploy twice and compares the guard's version, which
should stay, then npx gatehouse doctor --revoked-user and npx gatehouse acceptance, and measures how long answers take. That
costs what a stage costs, and takes about 45 minutes. SST's CLI opens a port while it runs: docs/operations.md says what to
do about it. The file answers the questions of docs/what-aws-must-prove.md; account, ARNs, hosts, ids and tokens are taken
out. Read it before you hand it on.
`;

export const prove: Command = {
  usage,
  async run(args, context) {
    const { root, gate, stdout, stderr } = context;
    const { app } = gate;
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: {
          stage: { type: "string" },
          remove: { type: "boolean", default: false },
          file: { type: "string" },
          idle: { type: "string", default: "10" },
          times: { type: "boolean", default: false },
          "production-too": { type: "boolean", default: false },
        },
      }),
    );
    const name = requireStage(app.name, values.stage);
    const idle = idleOf(values.idle);
    if (values.times) {
      if (values.remove || values.file !== undefined)
        throw new UsageError("--times measures and prints; it takes neither --remove nor --file");
      const outputs = await loadStageOutputs({
        app: app.name,
        stage: name,
        region: app.region,
        ssm: new SSMClient({ region: app.region }),
      });
      const timed = await stageToTime(name, outputs, context);
      const first = await measureCrowd(timed, "as it was found");
      const times = await measureWarm(timed);
      stderr.write(`${idle.minutes} minutes without a request …\n`);
      await idle.wait();
      const last = await measureCrowd(timed, `after ${idle.minutes} idle minutes`);
      stdout.write(printTimes(times, [first, last]).join("\n"));
      return 0;
    }
    if (isProduction(name) && !values["production-too"])
      throw new UsageError(
        `${name} is production, and prove would deploy it and create users in it; if you mean that, add --production-too`,
      );
    const stage = stageOfGate(gate, name);
    const ssm = new SSMClient({ region: app.region });
    const guard = () =>
      orCommandError(
        `The guard that stage ${name} uses cannot be determined`,
        loadStageGuard(ssm, app.name, name),
      );
    // Before anything is deployed: that there are credentials.
    await guard();
    let outputs: StageOutputs | undefined;
    let timed: StageToTime | undefined;
    const toTime = async (): Promise<StageToTime> => {
      if (outputs === undefined) throw new TypeError("there is no stage yet");
      return (timed ??= await stageToTime(name, outputs, context));
    };
    const proof = await gatherProof({
      stage,
      region: app.region,
      versions: versionsOf(root),
      sst: (words) => runSst(words, context),
      async guardVersion() {
        outputs = await loadStageOutputs({ app: app.name, stage: name, region: app.region, ssm });
        const found = await guard();
        return found.kind === "live" ? found.version : undefined;
      },
      async examine() {
        const rows = await examine(name, context, { revokedUser: true });
        if (rows === undefined) throw new CommandError("Interrupted.");
        return rows;
      },
      accept: () => accept(name, context, values["production-too"]),
      timeCrowd: async (when) => measureCrowd(await toTime(), when),
      timeWarm: async () => measureWarm(await toTime()),
      idle,
      mayRemove: async () => values.remove && (await mayRemove(name, context)),
      progress: (what) => stderr.write(`${what} …\n`),
    });
    // The questions are this repository's own: an app has no such page.
    const page = await readFile(join(root, "docs/what-aws-must-prove.md"), "utf8").catch(() => "");
    const text = redact(writeProof(proof, page), { outputs, domain: stage.domain, root });
    const file = resolve(values.file ?? `gatehouse-proof-${name}.md`);
    await writeFile(file, text);
    stdout.write(
      `${holds(proof) ? "All is well" : "Something did not go as it should"}: ${file}\nRead it before you hand it on.\n`,
    );
    return holds(proof) ? 0 : 1;
  },
};

/** @throws {UsageError} for what is no number of minutes. */
function idleOf(text: string): ProofSteps["idle"] {
  const minutes = /^\d{1,3}(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(minutes)) throw new UsageError("--idle is a number of minutes, such as 10");
  return { minutes, wait: () => setTimeout(minutes * 60_000) };
}

/** The suite's output goes to stderr as it comes; what it says in the end is kept. */
async function accept(
  name: string,
  context: CommandContext,
  productionToo: boolean,
): Promise<SuiteRun> {
  let printed = "";
  const kept = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      context.stderr.write(chunk);
      done();
    },
  });
  const words = ["--stage", name, ...(productionToo ? ["--production-too"] : [])];
  try {
    const code = await acceptance.run(words, { ...context, stdout: kept, stderr: kept });
    return readSuite(code, printed);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    context.stderr.write(`${error.message}\n`);
    return readSuite(1, `${printed}\nFAIL acceptance/: ${error.message}`);
  }
}

async function mayRemove(name: string, context: CommandContext): Promise<boolean> {
  const { stdin, stdout, stderr } = context;
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  if (
    terminal &&
    (await confirm(`Remove stage ${name} with every account in its user pool? [y/N] `, context))
  )
    return true;
  stderr.write(`Nothing is removed. \`npx sst remove --stage ${name}\` does it.\n`);
  return false;
}

function versionsOf(root: string): Readonly<Record<string, string>> {
  return {
    Gatehouse: installedPackage(root, "sst-gatehouse").version,
    SST: installedPackage(root, "sst").version,
    Node: process.versions.node,
  };
}
