import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { access } from "../../../../access.ts";
import { stages } from "../../../../stages.ts";
import { orUsageError, requireStage } from "../command-line.ts";
import { CommandError, type Command, type CommandContext } from "../command.ts";
import { evaluateConfig, type Evaluation } from "../dry-run/evaluate-config/evaluate-config.ts";
import { createPlanDocument } from "../review/plan/plan-document.ts";
import { createPlan } from "../review/plan/plan.ts";
import { printPlan } from "../review/plan/print-plan.ts";
import { checkGraph, othersThanGuarded } from "../review/rules/rules.ts";

const root = join(import.meta.dirname, "../../../..");

const usage = `Prints what a deploy would create: what is public, what can call what, names, code, and what AWS would refuse.

  pnpm plan [--stage <name>] [--json] [--strict]

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
  async run(args, { app, stdout, stderr }) {
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
    const stage = resolveStage(stages, name);
    const evaluation = await evaluate(name, stderr);
    const { graph } = evaluation;
    try {
      const violations = checkGraph(graph, stage, access, { strict: values.strict });
      const unchecked = values.strict ? [] : othersThanGuarded(graph);
      stdout.write(
        values.json
          ? `${JSON.stringify(createPlanDocument({ graph, access, violations, unchecked, version: await ownVersion() }), null, 2)}\n`
          : printPlan(createPlan(graph, stage, access, violations, unchecked)),
      );
      return violations.length === 0 ? 0 : 1;
    } finally {
      await evaluation.dispose();
    }
  },
};

async function ownVersion(): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  );
  return manifest.version;
}

/** @throws {CommandError} (rejects) with what the config says when it refuses. */
async function evaluate(stage: string, stderr: CommandContext["stderr"]): Promise<Evaluation> {
  stderr.write("Evaluating sst.config.ts …\n");
  try {
    return await evaluateConfig({ root, stage, print: (line) => stderr.write(`${line}\n`) });
  } catch (error) {
    throw new CommandError(messageOf(error));
  }
}
