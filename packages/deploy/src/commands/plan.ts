import { parseArgs } from "node:util";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import type { Project } from "@sst-gatehouse/blueprint/project";

import { orUsageError, requireStage } from "../command-line.ts";
import { CommandError, type Command, type CommandContext } from "../command.ts";
import { evaluateConfig, type Evaluation } from "../dry-run/evaluate-config/evaluate-config.ts";
import type { Graph } from "../dry-run/graph/graph.ts";
import { installedPackage } from "../installed-package.ts";
import { createPlanDocument } from "../review/plan/plan-document.ts";
import { createPlan } from "../review/plan/plan.ts";
import { printPlan } from "../review/plan/print-plan.ts";
import { checkGraph, othersThanGuarded } from "../review/rules/rules.ts";
import { untrueExamples } from "../review/access/examples.ts";

const usage = `Prints what a deploy would create: what is public, what can call what, names, code, and what AWS would refuse.

  gatehouse plan [--stage <name>] [--json] [--strict]

  --stage <name>  the stage to plan (default production)
  --json          the resources themselves, for policy tools: one JSON document
  --strict        refuses what else the app has, too, unless its type has been reviewed; otherwise that is listed as
                  yours, and only what can reach a guarded function is looked at
  --help          this text

Needs no AWS account: SST's own components evaluate sst.config.ts here, as for a first deploy. Nothing listens beyond
127.0.0.1 while it runs. The exit code is 1 when a rule is broken.
`;

export const plan: Command = {
  usage,
  async run(args, { root, gate, stdout, stderr }) {
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: {
          stage: { type: "string", default: "production" },
          json: { type: "boolean", default: false },
          strict: { type: "boolean", default: false },
        },
      }),
    );
    const stage = requireStage(gate.app.name, values.stage);
    const evaluation = await evaluate(root, stage, stderr);
    try {
      const { text, violations } = reviewed(evaluation.graph, { root, gate }, values);
      stdout.write(text);
      return violations === 0 ? 0 : 1;
    } finally {
      await evaluation.dispose();
    }
  },
};

/** What `plan` prints of a graph, and how many rules are broken. */
export function reviewed(
  graph: Graph,
  { root, gate }: Project,
  { json, strict }: { readonly json: boolean; readonly strict: boolean },
): { readonly text: string; readonly violations: number } {
  const { access } = gate;
  const stage = stageOfGate(gate, graph.stage);
  const violations = [
    ...checkGraph(graph, stage, access, { strict }),
    ...untrueExamples(access, stage).map(({ request, what }) => ({
      rule: "access-example",
      resource: `example::${request}`,
      message: `${what}: change the rule or the example`,
    })),
  ];
  const unchecked = strict ? [] : othersThanGuarded(graph);
  const { version } = installedPackage(root, "sst-gatehouse");
  return {
    text: json
      ? `${JSON.stringify(createPlanDocument({ graph, access, violations, unchecked, version }), null, 2)}\n`
      : printPlan(createPlan(graph, stage, access, violations, unchecked)),
    violations: violations.length,
  };
}

/** @throws {CommandError} (rejects) with what the config says when it refuses. */
async function evaluate(
  root: string,
  stage: string,
  stderr: CommandContext["stderr"],
): Promise<Evaluation> {
  stderr.write("Evaluating sst.config.ts …\n");
  try {
    return await evaluateConfig({ root, stage, print: (line) => stderr.write(`${line}\n`) });
  } catch (error) {
    throw new CommandError(messageOf(error));
  }
}
