import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Platform } from "../platform/platform-files.ts";
import { readLogs } from "../sst-cli/cli-logs.ts";
import type { Job } from "../sst-cli/job.ts";
import { runSst } from "../sst-cli/run-sst.ts";
import { startAwsStandIn } from "../engine/aws/aws-stand-in.ts";
import type { Outcome, StandInSettings } from "../engine/outcome.ts";
import { lostItsPort, refusalIn } from "./refusal.ts";
import { evaluationAccessKeyId } from "../../key-set.ts";

const timeoutSeconds = 180;

/** Two CLIs that start at the same moment may choose the same port. */
const attempts = 5;

export interface RunOptions {
  readonly stage: string;
  readonly dev: boolean;
  readonly platform: Platform;
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the project was copied from. */
  readonly original: string;
  /** Holds the copy as `project`; everything else that is written goes beside it. */
  readonly scratch: string;
}

export interface Run {
  readonly outcome: Exclude<Outcome, { readonly kind: "port-taken" }>;
  readonly printed: string;
}

/**
 * Has the SST CLI deploy a copied project, to nowhere.
 *
 * @throws {Error} (rejects) with the CLI's own words when it gives up before the config has run.
 */
export async function runConfig(options: RunOptions): Promise<Run> {
  const { stage, dev, platform, scratch, original, parameters } = options;
  const root = join(scratch, "project");
  const temporary = join(scratch, "tmp");
  const outcome = join(scratch, "outcome.json");
  const mark = randomBytes(8).toString("hex");
  const settings: StandInSettings = { root, original, dev, parameters, mark, outcome };
  await Promise.all([
    mkdir(temporary, { recursive: true }),
    writeStandIns(scratch),
    writeFile(join(scratch, "settings.json"), JSON.stringify(settings)),
  ]);
  const aws = await startAwsStandIn(mark);
  const job: Job = {
    command: platform.command,
    args: ["deploy", `--stage=${stage}`, ...(dev ? ["--dev"] : [])],
    directory: root,
    path: [join(scratch, "bin"), join(root, "node_modules/.bin"), dirname(process.execPath)],
    network: false,
    environment: {
      HOME: scratch,
      XDG_CONFIG_HOME: scratch,
      TMPDIR: temporary,
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: evaluationAccessKeyId,
      AWS_SECRET_ACCESS_KEY: "evaluation",
    },
  };
  try {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await rm(outcome, { force: true });
      const { printed } = await runSst(job, timeoutSeconds);
      const ended = await readOutcome(outcome);
      if (ended === undefined) {
        if (!lostItsPort(printed)) throw new Error(await explain(printed));
      } else if (ended.kind !== "port-taken") return { outcome: ended, printed };
    }
    throw new Error(
      "Other SST CLIs on this machine took the port of this one each time. Try again.",
    );
  } finally {
    await aws.close();
  }

  /** Why it has not come to an outcome. */
  async function explain(printed: string): Promise<string> {
    const [unplayed] = aws.refused;
    return unplayed === undefined
      ? refusalIn(printed, await readLogs({ temporary, root }))
      : `The stand-in for AWS does not know what SST asked it for: ${unplayed}`;
  }
}

async function readOutcome(file: string): Promise<Outcome | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined; // the CLI gave up before it came to the config
  }
}

/** The executables that the CLI finds in the place of its own, and of npm: an evaluation installs nothing. */
async function writeStandIns(scratch: string): Promise<void> {
  const main = join(import.meta.dirname, "../engine/main.ts");
  const settings = join(scratch, "settings.json");
  const pulumi = [process.execPath, "--disable-warning=ExperimentalWarning", main, settings];
  await Promise.all([
    writeScript(join(scratch, "sst/bin"), "pulumi", [
      "unset NODE_OPTIONS",
      `exec ${pulumi.map(quote).join(" ")} "$@"`,
    ]),
    writeScript(join(scratch, "bin"), "npm", ["exit 1"]),
  ]);
}

async function writeScript(
  directory: string,
  name: string,
  lines: readonly string[],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, name), `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 });
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
