import { parseArgs } from "node:util";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { orUsageError, requireStage } from "../command-line.ts";
import { CommandError, type Command, type CommandContext } from "../command.ts";
import { evaluateConfig, type Evaluation } from "../dry-run/evaluate-config/evaluate-config.ts";
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
    const { app, access } = gate;
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
    const name = requireStage(app.name, values.stage);
    const stage = stageOfGate(gate, name);
    const evaluation = await evaluate(root, name, stderr);
    const { graph } = evaluation;
    try {
      const violations = [
        ...checkGraph(graph, stage, access, { strict: values.strict }),
        ...untrueExamples(access, stage).map(({ request, what }) => ({
          rule: "access-example",
          resource: `example::${request}`,
          message: `${what}: change the rule or the example`,
        })),
      ];
      const unchecked = values.strict ? [] : othersThanGuarded(graph);
      stdout.write(
        values.json
          ? `${JSON.stringify(createPlanDocument({ graph, access, violations, unchecked, version: installedPackage(root, "sst-gatehouse").version }), null, 2)}\n`
          : printPlan(createPlan(graph, stage, access, violations, unchecked)),
      );
      return violations.length === 0 ? 0 : 1;
    } finally {
      await evaluation.dispose();
    }
  },
};

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
