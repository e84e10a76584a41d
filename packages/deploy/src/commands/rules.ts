import { parseArgs } from "node:util";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";

import { orUsageError, requireStage } from "../command-line.ts";
import { CommandError, UsageError, type Command } from "../command.ts";
import { askerOf, askerWords } from "../review/access/askers.ts";
import { countExamples, untrueExamples } from "../review/access/examples.ts";
import { explain } from "../review/access/explain.ts";
import { printExplanation } from "../review/access/print-explanation.ts";

const usage = `Asks the access rules.

  gatehouse rules explain <who> <method> <path> [--stage <name>]
  gatehouse rules test [--stage <name>]

explain says what the guard makes of a request, and why: every way to read the path, the rule, whom it admits. test asks for
each of the examples in access.ts and exits with 1 when one is not so. Neither starts anything.

  <who>           ${askerWords}
  <path>          as on the wire, without query
  --stage <name>  the stage that people have their scopes from (default production)
  --help          this text
`;

export const rules: Command = {
  usage,
  async run(args, { gate, stdout }) {
    const { values, positionals } = orUsageError(() =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { stage: { type: "string", default: "production" } },
      }),
    );
    const { access } = gate;
    const stage = stageOfGate(gate, requireStage(gate.app.name, values.stage));
    const [what, who, method, path, ...more] = positionals;
    if (what === "test" && who === undefined) {
      const count = countExamples(access);
      if (count === 0)
        throw new CommandError(
          'There are no examples. Write them beside the rules in access.ts: examples: { "GET /": { alice: 200, anybody: 401 } }.',
        );
      const untrue = untrueExamples(access, stage);
      for (const { request, what: why } of untrue) stdout.write(`${request} ${why}\n`);
      stdout.write(
        untrue.length === 0
          ? `All ${count} examples are so.\n`
          : `${untrue.length} of ${count} examples ${untrue.length === 1 ? "is" : "are"} not so.\n`,
      );
      return untrue.length === 0 ? 0 : 1;
    }
    if (what !== "explain" || path === undefined || more.length > 0)
      throw new UsageError("Write explain <who> <method> <path>, or test");
    if (!path.startsWith("/")) throw new UsageError(`A path begins with /, and ${path} does not`);
    const asker = askerOf(who ?? "", access, stage);
    if (asker === undefined) throw new UsageError(`There is no ${who}, only ${askerWords}`);
    const question = { method: (method ?? "").toUpperCase(), path, caller: asker.caller };
    const asked = { who: who ?? "", words: asker.words, method: question.method, path };
    stdout.write(printExplanation(asked, explain(access, question)));
    return 0;
  },
};
