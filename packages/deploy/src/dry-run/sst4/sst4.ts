import { evaluateWithCli } from "../evaluate-config/evaluate-with-cli.ts";
import type { SourceChange } from "../workspace/source-change.ts";
import type { Graph } from "../graph/graph.ts";
import { installPlatform, type Platform } from "../platform/platform.ts";
import { requireOwnNetwork } from "../sst-cli/own-network.ts";
import { expectedDifferences } from "./expected-differences.ts";
import { graphDifferences } from "./graph-differences.ts";
import { report } from "./report.ts";
import { installSst4, unpinned } from "./unpinned-platform.ts";

const variants = [
  { title: "a personal stage", stage: "jane", dev: false },
  { title: "a personal stage in sst dev", stage: "jane", dev: true },
  { title: "production", stage: "production", dev: false },
];

/**
 * Evaluates the project's config with SST 4 too, in a separate cache, and prints where the graphs differ. Both CLIs run
 * in an isolated network.
 *
 * SST 4 refuses the version of the AWS provider that the config pins for SST 3: the pin is removed in the copy that is
 * evaluated, and SST 4 uses its own provider.
 *
 * @returns whether they are the same apart from the expected differences.
 * @throws {Error} (rejects) where no isolated network is available for a CLI.
 */
export async function compareWithSst4(
  root: string,
  print: (line: string) => void,
): Promise<boolean> {
  requireOwnNetwork();
  const ours = await installPlatform(root, print);
  const theirs = await installSst4(root, print);
  print(`SST ${ours.version} with AWS provider ${ours.awsVersion}, and`);
  print(`SST ${theirs.version} with AWS provider ${theirs.awsVersion}, deploy`);

  let surprises = 0;
  for (const { title, stage, dev } of variants) {
    const evaluate = (platform: Platform, ...changes: SourceChange[]): Promise<Graph> =>
      graphOf({ root, stage, dev, platform, changes });
    const [before, after] = await Promise.all([evaluate(ours), evaluate(theirs, unpinned)]);
    const found = report(graphDifferences(before, after), expectedDifferences(dev));
    surprises += found.surprises;
    print(`\n  ${title}: ${after.resources.length} resources`);
    for (const line of found.lines) print(`    ${line}`);
  }
  print(
    surprises === 0
      ? "\nThe same, apart from the expected differences."
      : `\n${surprises} unexpected differences (-: ${ours.version}, +: ${theirs.version}).`,
  );
  return surprises === 0;
}

async function graphOf(options: Parameters<typeof evaluateWithCli>[0]): Promise<Graph> {
  const evaluation = await evaluateWithCli(options);
  await evaluation.dispose();
  return evaluation.graph;
}
