import { percentDecode, percentEncode } from "../wire-text.ts";

/** What goes into a canonical request, each part already canonical. */
export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The signed headers: lower-case names, sorted, one joined value each. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Lower-case hex SHA-256 of the body. */
  readonly payloadHash: string;
}

/**
 * The text whose hash is signed.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest({
  method,
  path,
  query,
  headers,
  payloadHash,
}: CanonicalParts): string {
  const lines = headers.map(([name, value]) => `${name}:${value}`);
  const names = headers.map(([name]) => name).join(";");
  return [method, path, query, ...lines, "", names, payloadHash].join("\n");
}

/** A path from the wire: slashes merged, dot segments resolved, then every segment percent-encoded once more. */
export function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(percentEncode(segment));
  }
  if (segments.length === 0) return "/";
  return `/${segments.join("/")}${path.endsWith("/") ? "/" : ""}`;
}

/** A query from the wire, without `?`: decoded once, `+` as a space, encoded by RFC 3986, sorted by name and then by value. */
export function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair): [string, string] => {
      const { name, value } = splitPair(pair);
      return [percentEncode(queryDecode(name)), percentEncode(queryDecode(value))];
    })
    .toSorted(
      ([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** The lines of a repeated header as one value: trimmed, runs of blanks collapsed to one space, joined with a comma. */
export function canonicalHeaderValue(values: readonly string[]): string {
  return values.map((value) => value.replace(/[ \t]+/g, " ").replace(/^ | $/g, "")).join(",");
}

function queryDecode(text: string): Buffer {
  return percentDecode(text.replaceAll("+", " "));
}

export function splitPair(pair: string): { name: string; value: string } {
  const equals = pair.indexOf("=");
  return equals < 0
    ? { name: pair, value: "" }
    : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
