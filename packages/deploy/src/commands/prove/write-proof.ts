import { evidenceFor, questionsIn } from "./questions.ts";
import { printTimes } from "./print-times.ts";
import { holds, type Proof, type SstRun } from "./proof.ts";

/**
 * A proof as Markdown, for a bug report. It still names the account: `redact` takes that out.
 *
 * @param page docs/what-aws-must-prove.md.
 */
export function writeProof(proof: Proof, page: string): string {
  const { stage, region, versions, deploys, guardVersions, checks = [], suite, removal } = proof;
  const { times, crowds, untimed } = proof;
  const answered = questionsIn(page).map((question) => ({
    question,
    found: evidenceFor(question, proof),
  }));
  return [
    "# What a deployed stage has shown",
    "",
    holds(proof)
      ? "Everything that was tried went as it should."
      : "Something did not go as it should.",
    "",
    ...Object.entries(versions).map(([name, version]) => `- ${name} ${version}`),
    `- home region ${region}, ${stage.production ? "production" : "a stage that is not production"}, ${stage.domain === undefined ? "without" : "with"} a domain of its own, ${stage.waf === undefined ? "without" : "with"} a firewall, revocation "${stage.revocation}"`,
    "",
    "## Deploys",
    "",
    ...deploys.flatMap((run, index) => describeRun(`Deploy ${index + 1}`, run)),
    `Guard's version after each deploy: ${guardVersions.map((version) => version ?? "unknown").join(", ") || "none"}.`,
    "",
    ...(removal === undefined ? [] : describeRun("Removal", removal)),
    "## Doctor",
    "",
    ...(checks.length === 0 ? ["It did not run.", ""] : []),
    ...checks.flatMap(({ id, ok, problem }) =>
      problem === null
        ? [`- ok: ${id}`]
        : [`- ${ok ? id : `**wrong: ${id}**`}: ${problem.replaceAll("\n", "; ")}`],
    ),
    "",
    "## Acceptance suite",
    "",
    suite === undefined
      ? "It did not run."
      : `Exit code ${suite.code}. ${suite.counts || "It printed no counts."}`,
    "",
    ...(suite?.failed ?? []).map((name) => `- failed: ${name}`),
    "",
    "## Times",
    "",
    ...(untimed === undefined
      ? []
      : [`They could not be measured: ${untimed.replace(/\.$/, "")}.`, ""]),
    ...(times === undefined ? [] : printTimes(times, crowds)),
    "## Open questions",
    "",
    "What this run shows about each question of docs/what-aws-must-prove.md. That something passed is evidence, not always the whole answer.",
    "",
    "| question | this run |",
    "| --- | --- |",
    ...answered.map(
      ({ question, found }) =>
        `| ${question} | ${found.length === 0 ? "not asked" : found.join("; ")} |`,
    ),
    "",
  ].join("\n");
}

function describeRun(what: string, { code, seconds, lastLines }: SstRun): readonly string[] {
  return [
    `${what}: exit code ${code} after ${seconds} s.`,
    "",
    ...(code === 0
      ? []
      : ["```text", ...lastLines.map((line) => line.replaceAll("```", "'''")), "```", ""]),
  ];
}
