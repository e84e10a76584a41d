import { isHostName } from "./host-name.ts";

/** What the guard reads of a client's id. */
const maxUrlCharacters = 256;

/**
 * Whether a text is the address of a client-id metadata document (CIMD), which is a client's id at the same time.
 *
 * Narrower than the draft: a name of the DNS and plain segments behind it. Addresses are compared as they are, so nothing
 * that has a second spelling is one: no port, user, query, fragment, percent sign, dot segment, empty segment, IP address.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-02#section-3
 */
export function isDocumentUrl(text: string): boolean {
  const [, host, path = ""] = /^https:\/\/([^/]+)((?:\/[\w.~-]+)+)$/.exec(text) ?? [];
  return text.length <= maxUrlCharacters && isHostName(host) && !/\/\.\.?(?:\/|$)/.test(path);
}

/**
 * Whether one of the patterns takes a client's id. `https://client.example/*` takes every address below that host, a
 * pattern without `*` one address.
 */
export function matchesUrlPatterns(clientId: string, patterns: readonly string[]): boolean {
  return (
    isDocumentUrl(clientId) &&
    patterns.some((pattern) =>
      pattern.endsWith("/*") ? clientId.startsWith(pattern.slice(0, -1)) : clientId === pattern,
    )
  );
}

/** Why a text is no pattern of addresses, as the rest of a sentence; undefined for one. */
export function urlPatternProblem(pattern: unknown): string | undefined {
  return typeof pattern === "string" && isDocumentUrl(pattern.replace(/\/\*$/, "/any"))
    ? undefined
    : "write the address of the client's document, such as https://client.example/oauth/client.json: https, a name of the DNS in lower case, a path of letters, digits and .~_-, nothing else; /* at the end is every document below";
}
