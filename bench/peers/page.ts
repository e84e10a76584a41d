/** One case and what each signer made of it: `undefined` when it passed, else why not. */
export interface Row {
  readonly name: string;
  readonly topic: string;
  readonly verdicts: ReadonlyMap<string, string | undefined>;
}

export interface PageFacts {
  /** `yyyy-mm-dd` */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Cases of the whole corpus, those that are not compared among them. */
  readonly corpusSize: number;
}

/** The page for `docs/`, in Markdown: totals, and each case that somebody does not pass. */
export function printPage(rows: readonly Row[], facts: PageFacts): string {
  const peers = Object.keys(facts.versions);
  const reasons = new Map<string, number>();
  const numberOf = (reason: string): number => {
    const known = reasons.get(reason) ?? reasons.size + 1;
    reasons.set(reason, known);
    return known;
  };
  const cell = (verdict: string | undefined): string =>
    verdict === undefined ? "yes" : `no (${numberOf(inGeneral(verdict))})`;
  const failed = rows.filter(({ verdicts }) =>
    [...verdicts.values()].some((one) => one !== undefined),
  );
  const details = failed.map(({ name, verdicts }) => [
    name.replaceAll("|", String.raw`\|`),
    ...peers.map((peer) => cell(verdicts.get(peer))),
  ]);
  return [
    "# Other signers under the corpus",
    "",
    `Written by \`pnpm bench:peers\` on ${facts.date}: ${rows.length} of the ${facts.corpusSize} cases of [the corpus](../corpus/README.md), those that have to reach the backend and that the judge can judge.`,
    "",
    "Each library is used the usual way in an origin-request function: path and query as the event has them, the body as bytes, the signature's headers added to the viewer's. The judge is the local stack: CloudFront's checks of what a function returns, the signature computed again, the Function URL's known refusals. A case passes when Lambda would let it in and the backend sees the method, path, pairs and bytes that were meant.",
    "",
    "Two things to know before believing it. The judge is nobody's AWS account, and where AWS's reading of a request is not known it refuses: a nameless parameter may do better there. And it computes signatures with `aws4`, as a library and not in the usual way, so a case that `aws4` cannot sign at all is left out.",
    "",
    "## Totals",
    "",
    ...table(
      ["", ...peers],
      [["version", ...Object.values(facts.versions)], ...totals(rows, peers)],
    ),
    "",
    "## Cases that somebody does not pass",
    "",
    `The other ${rows.length - failed.length} pass with all.`,
    "",
    ...table(["case", ...peers], details),
    "",
    ...[...reasons].map(([reason, number]) => `${number}. ${reason}`),
    "",
  ].join("\n");
}

function totals(rows: readonly Row[], peers: readonly string[]): string[][] {
  const topics = [...new Set(rows.map(({ topic }) => topic))];
  const line = (what: string, among: readonly Row[]): string[] => [
    `${what} (${among.length})`,
    ...peers.map((peer) =>
      String(among.filter(({ verdicts }) => verdicts.get(peer) === undefined).length),
    ),
  ];
  return [
    ...topics.map((topic) =>
      line(
        topic,
        rows.filter((row) => row.topic === topic),
      ),
    ),
    line("all", rows),
  ];
}

/** One reason for all lengths and names. */
function inGeneral(verdict: string): string {
  return verdict
    .replace(
      / of the \d+ bytes that arrived.*$/,
      " of the bytes that came: CloudFront does not show them all",
    )
    .replace(/`x-amz-(?!content)[\w-]+`/, "an `x-amz-*` header of the viewer");
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  const print = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [print(head), print(head.map(() => "---")), ...lines.map(print)];
}
