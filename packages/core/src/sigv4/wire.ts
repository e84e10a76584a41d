import { GuardError } from "../errors.ts";

/** One or more `name=value` of unreserved characters: already canonical, unless a name is reserved. */
const plainQuery = /^[\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*$/;
const reservedPair = /(?:^|&)x-amz-/i;

/** Names of SigV4's query form. A request that carries them beside an `Authorization` header is refused by AWS. */
const reservedName = /^x-amz-/i;

/** Everything but printable ASCII, and `#`, which ends a query wherever a URL is parsed again. */
const unfitForTheWire = /[^\x21-\x7e]|#/;

/** What may not stand in an address, is sent raw all the same, and is nothing but itself to every reader. */
const sentRaw = /["<>[\]^`{|}\xa0-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/gu;

/**
 * Percent-encodes what browsers and programs leave raw in an address (Chromium `[` and `]`, Node also `|` and `^`, curl
 * everything), as UTF-8. Escapes stay as they are, and so does what has two readings: `\`, `#`, spaces, controls, a lone
 * `%`.
 *
 * @param text a path or a query, as CloudFront gives it: it has decoded UTF-8, and ISO-8859-1 where it was none.
 */
export function encodeRaw(text: string): string {
  return text.replace(sentRaw, encodeURIComponent);
}

/**
 * Re-encodes a query so that every reader decodes the same pairs, and so that what is signed is what is sent.
 *
 * @param rawQuery as it arrived, without `?`. `a+b` means `a b` and empty pieces (`a=1&&b=2`) do not count, as form
 *   decoding has it.
 * @returns the pairs in their first order, RFC 3986 percent-encoded (`%20`, never `+`; `[` as `%5B`), each with `=`;
 *   names may repeat. A canonical query comes back as it is.
 * @throws {GuardError} `query_malformed` for an invalid escape, bytes that are not UTF-8, a character that may not stand
 *   on the wire, an empty name, and a name beginning `x-amz-`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "" || (plainQuery.test(rawQuery) && !reservedPair.test(rawQuery)))
    return rawQuery;
  return parseQuery(rawQuery)
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .join("&");
}

/**
 * The pairs of a query, decoded once, in their order.
 *
 * @param rawQuery as for {@link canonicalQuery}, and refused for the same reasons.
 * @returns a pair for each piece; the value is empty where there is no `=`.
 * @throws {GuardError} `query_malformed`
 */
export function parseQuery(rawQuery: string): [name: string, value: string][] {
  const query = encodeRaw(rawQuery);
  if (unfitForTheWire.test(query)) {
    throw new GuardError(
      "query_malformed",
      "The query holds a character that has to be percent-encoded: a space, a control character or `#`.",
    );
  }
  const pairs: [name: string, value: string][] = [];
  for (const piece of query.split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    const name = decodeComponent(equals === -1 ? piece : piece.slice(0, equals));
    if (name === "") throw new GuardError("query_malformed", "A query parameter has no name.");
    if (reservedName.test(name)) {
      throw new GuardError(
        "query_malformed",
        "Query parameter names beginning with `X-Amz-` are reserved.",
      );
    }
    pairs.push([name, equals === -1 ? "" : decodeComponent(piece.slice(equals + 1))]);
  }
  return pairs;
}

/**
 * The pairs of a canonical query in the order in which SigV4 signs them: by encoded name, then by encoded value.
 *
 * @param query what {@link canonicalQuery} returned.
 */
export function sortedQuery(query: string): string {
  if (!query.includes("&")) return query;
  // A space sorts before every character of a canonical query and `=` does not: `a=1` has to stand before `a-b=1`.
  return query.replaceAll("=", " ").split("&").toSorted().join("&").replaceAll(" ", "=");
}

/**
 * Percent-encodes everything but the unreserved characters of RFC 3986 (`A-Z a-z 0-9 - _ . ~`), as upper-case UTF-8.
 *
 * @throws {URIError} for a lone surrogate, which no decoded text holds.
 */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, percentEncode);
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function decodeComponent(text: string): string {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (cause) {
    throw new GuardError(
      "query_malformed",
      "The query holds a percent sequence that is not valid UTF-8.",
      { cause },
    );
  }
}
