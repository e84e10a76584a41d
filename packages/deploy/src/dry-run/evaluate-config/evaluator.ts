import { cp, mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { functionCode, type FunctionCode } from "./function-code.ts";
import type { Graph } from "../graph/graph.ts";
import { installPlatform, type Platform } from "../platform/platform.ts";
import { sharePlatform } from "../platform/share-platform.ts";
import { createWorker } from "../worker/worker.ts";
import { bringBuild, missingBuild } from "../workspace/missing-build.ts";
import { createScratchDirectory } from "../workspace/scratch-directory.ts";
import { applyChange, type SourceChange } from "../workspace/source-change.ts";
import { copySources, linkNeighbours } from "../workspace/source-copy.ts";

export type { FunctionCode } from "./function-code.ts";
export type { SourceChange } from "../workspace/source-change.ts";

export interface EvaluatorOptions {
  /** The directory with `sst.config.ts`. */
  readonly root: string;
  /** What evaluates it; the project's own, installed if it is missing, when absent. */
  readonly platform?: Platform | undefined;
  /** Tells a person why it takes so long, when the platform has to be installed. */
  readonly print?: ((line: string) => void) | undefined;
}

/** What is evaluated. */
export interface Question {
  readonly stage: string;
  /** What `sst dev` would deploy. */
  readonly dev?: boolean;
  /** Parameter Store of the home region as an earlier deploy left it: full names and values. */
  readonly previous?: Readonly<Record<string, string>>;
  /** Edits of the copy that is evaluated, in their order; for tests that show what a change breaks. */
  readonly changes?: readonly SourceChange[];
}

export interface Evaluation {
  readonly graph: Graph;
  /**
   * The code that a Lambda function would run, byte for byte.
   *
   * @param name logical name of the function, such as `GateApiFunction`.
   * @throws {TypeError} (rejects) when the graph has no such function.
   */
  code(name: string): Promise<FunctionCode>;
  /** Removes everything on disk, the code too. */
  dispose(): Promise<void>;
}

/** A project as it was when it was copied, to be evaluated as often as one likes. */
export interface Evaluator {
  /**
   * @throws {Error} (rejects) with the config's own message when the config refuses the stage or itself.
   * @throws {TypeError} (rejects) when a change does not apply, or `previous` names something that is not a parameter.
   */
  evaluate(question: Question): Promise<Evaluation>;
  /** Removes everything on disk, the code of its evaluations too. */
  close(): Promise<void>;
}

/** Copies a project, to evaluate the copy: see `evaluateConfig`. The first evaluation takes longest: it loads Pulumi. */
export async function createEvaluator({
  root: givenRoot,
  platform: givenPlatform,
  print,
}: EvaluatorOptions): Promise<Evaluator> {
  const original = await realpath(givenRoot);
  const platform = givenPlatform ?? (await installPlatform(original, print));
  const scratch = await createScratchDirectory(join(original, ".cache"), "evaluation");
  const repository = repositoryOf(original);
  const inIt = relative(repository, original);
  const project = join(scratch, "project", inIt);
  const worker = createWorker({ project, original, scratch });
  let evaluations = 0;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function evaluate({
    stage,
    dev = false,
    previous = {},
    changes = [],
  }: Question): Promise<Evaluation> {
    if (closed) throw new Error("The evaluator is closed.");
    const undo = await changeFiles(project, changes);
    try {
      // A build that a refused config has started may still write there.
      await rm(join(project, ".sst/artifacts"), { recursive: true, force: true, maxRetries: 5 });
      const changed = changes.map(({ file }) => file);
      const ask = () => worker.evaluate({ stage, dev, parameters: previous, changed });
      let outcome = await ask();
      // Each site asks for its folder, and perhaps for a page in it.
      for (
        let asked = missingBuild(outcome);
        asked !== undefined && (await bringBuild({ original, project, print }, asked));
        asked = missingBuild(outcome)
      )
        outcome = await ask();
      if (outcome.kind === "refused") throw new Error(outcome.message);
      for (const remark of outcome.remarks ?? []) print?.(remark);
      evaluations += 1;
      const kept = join(scratch, "evaluations", String(evaluations));
      const { graph } = outcome;
      const files = await keepFiles(outcome.files, kept);
      return {
        graph,
        code: (name) => functionCode(graph, files, name, join(kept, "code")),
        dispose: () => rm(kept, { recursive: true, force: true }),
      };
    } finally {
      await undo();
    }
  }

  async function close(): Promise<void> {
    closed = true;
    await worker.end();
    await last; // what was asked for before has been turned down now
    await rm(scratch, { recursive: true, force: true });
  }

  try {
    await mkdir(join(scratch, "project"));
    await linkNeighbours(repository, inIt, join(scratch, "project"));
    await copySources(original, project);
    await sharePlatform(platform, project);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    evaluate(question) {
      const odd = Object.keys(question.previous ?? {}).find((name) => !name.startsWith("/"));
      if (odd !== undefined)
        return Promise.reject(
          new TypeError(`previous: ${odd} is not the full name of a parameter`),
        );
      // There is one copy: one at a time.
      const next = last.then(() => evaluate(question));
      last = next.catch(() => undefined);
      return next;
    },
    close,
  };
}

/** The folder that holds what a project may name by `../`: the nearest repository of Git, or the project itself. */
function repositoryOf(project: string): string {
  for (let folder = project; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) return project;
  }
}

/** @returns what gives the files their texts back. */
async function changeFiles(
  project: string,
  changes: readonly SourceChange[],
): Promise<() => Promise<void>> {
  const before = new Map<string, string | undefined>();
  const undo = async (): Promise<void> => {
    for (const [path, text] of before)
      await (text === undefined ? rm(path, { force: true }) : writeFile(path, text));
  };
  try {
    for (const change of changes) {
      const path = join(project, change.file);
      if (!before.has(path))
        before.set(path, "added" in change ? undefined : await readFile(path, "utf8"));
      await applyChange(project, change);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

/** The next evaluation writes to where the files are: copies them away. */
async function keepFiles(
  files: Readonly<Record<string, readonly string[]>>,
  kept: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const entries = Object.entries(files).map(async ([urn, paths], index) => {
    const copies = paths.map(async (path, part) => {
      const copy = join(kept, `${index}-${part}`, basename(path));
      await cp(path, copy, { recursive: true });
      return copy;
    });
    return [urn, await Promise.all(copies)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
