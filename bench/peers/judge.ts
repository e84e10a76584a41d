import { parseQuery } from "../../corpus/decoded-query.ts";
import type { Chain, EdgeFunction, Outcome } from "@sst-gatehouse/local/test/chain-in-process";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import { echoOf } from "../../acceptance/corpus/outcome.ts";
import type { Arrival, CorpusCase, CorpusRequest } from "../../corpus/read-corpus.ts";

/** `undefined` when the case passes, else why not. */
export type Verdict = string | undefined;

/**
 * Sends one case of those that have to arrive through CloudFront's stand-in, an edge function and the Function URL's.
 *
 * It passes when the signature is right and the backend sees the method, path, pairs and bytes that were meant. What
 * else the guard owes a request (headers that it drops, callers that it names) is not a signer's business.
 */
export async function judge(
  chain: Chain,
  edge: EdgeFunction,
  request: CorpusRequest,
  expected: Arrival,
): Promise<Verdict> {
  try {
    return verdictOn(await chain.send(edge, request), expected);
  } catch (error) {
    return `it throws: ${messageOf(error)}`;
  }
}

function verdictOn(outcome: Outcome, expected: Arrival): Verdict {
  if (outcome.kind === "stopped") return `${outcome.by} ${outcome.status}: ${outcome.reason}`;
  const { method: as, path: at, query, body } = echoOf(outcome.event);
  const seen = { method: as, path: at, pairs: pairsOf(query), body };
  const { method, path, pairs } = expected;
  const meant = { method, path, pairs, body: expected.body };
  return JSON.stringify(seen) === JSON.stringify(meant)
    ? undefined
    : "the backend sees another request";
}

/** A name without a value and an ampersand too many do not matter to a signature, so any reader's view will do. */
function pairsOf(query: string): [string, string][] {
  return parseQuery(
    query
      .split("&")
      .filter((piece) => piece !== "")
      .join("&"),
  );
}

/** The cases that signers can be compared by: the judge's own library must be able to sign them. */
export function comparable(
  corpus: readonly CorpusCase[],
): readonly (CorpusCase & { readonly expected: Arrival })[] {
  return corpus.flatMap((one) =>
    one.expected.kind === "arrives" && one.differs.aws4 === undefined
      ? [{ ...one, expected: one.expected }]
      : [],
  );
}
