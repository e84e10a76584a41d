import { writeFileSync } from "node:fs";

import { startGuardedChain } from "../../acceptance/corpus/guard-in-process.ts";
import { readCorpus } from "../../corpus/read-corpus.ts";
import { comparable, judge } from "./judge.ts";
import { peerFunctions, peerVersions } from "./peers.ts";
import { printPage, type Row } from "./page.ts";

/* Runs the corpus against other signers and ours, and writes docs/peers.md. */

const guarded = await startGuardedChain();
try {
  const { chain, guard, authorization } = guarded;
  const peers = { ...peerFunctions(chain), Gatehouse: guard };
  const corpus = readCorpus();
  const rows: Row[] = [];
  for (const { name, topic, request, expected } of comparable(corpus)) {
    const sent = { ...request, headers: [...request.headers, authorization] };
    const verdicts = new Map<string, string | undefined>();
    for (const [peer, edge] of Object.entries(peers))
      verdicts.set(peer, await judge(chain, edge, sent, expected));
    rows.push({ name, topic, verdicts });
  }
  const page = printPage(rows, {
    date: new Date().toISOString().slice(0, 10),
    versions: { ...peerVersions(), Gatehouse: "this repository" },
    corpusSize: corpus.length,
  });
  writeFileSync(new URL("../../docs/peers.md", import.meta.url), page);
  console.log(page.slice(page.indexOf("## Totals"), page.indexOf("## Cases")));
} finally {
  await guarded.close();
}
