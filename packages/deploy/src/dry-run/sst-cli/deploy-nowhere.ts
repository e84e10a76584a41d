import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Outcome } from "../engine/outcome.ts";
import { evaluationAccessKeyId } from "../evaluation-access-key.ts";
import { readLogs } from "./cli-logs.ts";
import type { Job } from "./job.ts";
import type { StandInSettings } from "./pulumi/settings.ts";
import { refusalIn } from "./refusal.ts";
import { runSst } from "./run-sst.ts";

const timeoutSeconds = 180;

export interface DeployOptions {
  readonly stage: string;
  readonly dev: boolean;
  /** The SST CLI's program. */
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the project was copied from. */
  readonly original: string;
  /** Holds the copy as `project`; everything else is written next to it. */
  readonly scratch: string;
}

export interface Deployed {
  readonly outcome: Outcome;
  readonly printed: string;
}

/**
 * Has the SST CLI deploy a copied project, to nowhere, in an isolated network.
 *
 * @throws {Error} (rejects) with the CLI's own words when it gives up before the config has run.
 */
export async function deployNowhere(options: DeployOptions): Promise<Deployed> {
  const { stage, dev, command, scratch, original, parameters } = options;
  const root = join(scratch, "project");
  const temporary = join(scratch, "tmp");
  const file = join(scratch, "outcome.json");
  const settings: StandInSettings = { root, original, dev, parameters, outcome: file };
  await Promise.all([
    mkdir(temporary, { recursive: true }),
    writeStandIns(scratch),
    writeFile(join(scratch, "settings.json"), JSON.stringify(settings)),
    rm(file, { force: true }),
  ]);
  const job: Job = {
    command,
    args: ["deploy", `--stage=${stage}`, ...(dev ? ["--dev"] : [])],
    directory: root,
    path: [join(scratch, "bin"), join(root, "node_modules/.bin"), dirname(process.execPath)],
    network: false,
    environment: {
      HOME: scratch,
      XDG_CONFIG_HOME: scratch,
      TMPDIR: temporary,
      AWS_ACCESS_KEY_ID: evaluationAccessKeyId,
      AWS_SECRET_ACCESS_KEY: "evaluation",
    },
  };
  const { printed, refused } = await runSst(job, timeoutSeconds);
  const outcome = await readOutcome(file);
  if (outcome !== undefined) return { outcome, printed };
  const [unplayed] = refused;
  throw new Error(
    unplayed === undefined
      ? refusalIn(printed, await readLogs({ temporary, root }))
      : `The stand-in for AWS does not support what SST asked it for: ${unplayed}`,
  );
}

async function readOutcome(file: string): Promise<Outcome | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined; // the CLI gave up before it came to the config
  }
}

/** The executables that the CLI finds in place of its own and of npm: an evaluation installs nothing. */
async function writeStandIns(scratch: string): Promise<void> {
  const main = join(import.meta.dirname, "pulumi/main.ts");
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
