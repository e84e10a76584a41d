import { isDocumentUrl, matchesUrlPatterns } from "@sst-gatehouse/blueprint/client-documents";

import type { Clock } from "../../clock.ts";
import { DocumentRefused, type FetchDocument } from "./fetch-document.ts";
import { type ClientDocument, parseDocument } from "./parse-document.ts";

/** The documents of a pool's CIMD policy. */
export interface ClientDocuments {
  /**
   * What a client says of itself; fetched where no copy is good any more.
   *
   * @throws {DocumentRefused} (rejects)
   */
  ask(url: string): Promise<ClientDocument>;
  /** The same as it was known last, without a fetch; undefined for a client that has never been asked for a sign-in. */
  find(url: string): ClientDocument | undefined;
}

/** What Cognito takes of `Cache-Control`, and where it says nothing usable. */
const cacheSeconds = { from: 86_400, to: 31_556_952, byDefault: 86_400 };
/** A pattern takes any number of addresses. */
const maxDocuments = 1000;

/**
 * @param urlPatterns of the policy.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-client-id-metadata.html
 */
export function createClientDocuments({
  urlPatterns,
  fetchDocument,
  clock,
}: {
  readonly urlPatterns: readonly string[];
  readonly fetchDocument: FetchDocument;
  readonly clock: Clock;
}): ClientDocuments {
  const known = new Map<
    string,
    { readonly document: ClientDocument; readonly goodUntil: number }
  >();
  return {
    async ask(url) {
      if (!isDocumentUrl(url))
        throw new DocumentRefused(
          "document_url",
          "the address is not a plain https one: a name of the DNS and a path of letters, digits and .~_-, without port, user, query, fragment, escape or dot segment",
        );
      if (!matchesUrlPatterns(url, urlPatterns))
        throw new DocumentRefused(
          "document_policy",
          `no pattern of the CIMD policy takes it (${urlPatterns.join(", ")})`,
        );
      const last = known.get(url);
      if (last !== undefined && clock.now() < last.goodUntil) return last.document;
      // What fails or is wrong is not remembered.
      const { text, maxAgeSeconds: maxAge = 0 } = await fetchDocument(url);
      const document = parseDocument(text, url);
      const { from, to, byDefault } = cacheSeconds;
      const seconds = maxAge >= from && maxAge <= to ? maxAge : byDefault;
      known.delete(url);
      known.set(url, { document, goodUntil: clock.now() + seconds * 1000 });
      const [oldest] = known.keys();
      if (known.size > maxDocuments && oldest !== undefined) known.delete(oldest);
      return document;
    },
    find: (url) => known.get(url)?.document,
  };
}
