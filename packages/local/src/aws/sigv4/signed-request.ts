import { canonicalHeaderValue, splitPair } from "./canonical-request.ts";
import { percentDecode } from "../wire-text.ts";

/** A request as it came off the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, exactly as on the wire. */
  readonly target: string;
  /** One entry per header line, in the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Header values by lower-case name, one entry per line. */
export type HeaderLines = ReadonlyMap<string, readonly string[]>;

export function headerLines(headers: SignedRequest["headers"]): HeaderLines {
  const lines = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const values = lines.get(key);
    if (values) values.push(value);
    else lines.set(key, [value]);
  }
  return lines;
}

/** The signed headers that the request has, sorted by name, as they enter a canonical request. */
export function signedValues(
  lines: HeaderLines,
  names: readonly string[],
): [name: string, value: string][] {
  return names.toSorted().flatMap((name): [string, string][] => {
    const values = lines.get(name);
    return values ? [[name, canonicalHeaderValue(values)]] : [];
  });
}

export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: "" }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Whether the query carries a signature (a presigned URL). */
export function hasQueryAuthentication(query: string): boolean {
  return query.split("&").some((pair) => {
    const name = percentDecode(splitPair(pair).name).toString().toLowerCase();
    return /^x-amz-(algorithm|credential|date|expires|security-token|signature|signedheaders)$/.test(
      name,
    );
  });
}

/**
 * Why this target cannot be judged: AWS's reading of it is not known, so a good signature here would prove nothing.
 * Stricter than AWS, which may accept some of these.
 */
export function unjudgeableTarget(target: string): string | undefined {
  const { path, query } = splitTarget(target);
  if (!path.startsWith("/")) return "the request target does not begin with a slash";
  if (/[^\x21-\x7e]/.test(target)) {
    return "the target has bytes outside printable ASCII: percent-encode them before signing";
  }
  if (query !== "" && query.split("&").some((pair) => splitPair(pair).name === "")) {
    return "the query has a parameter without a name, which signers treat in two ways: leave it out";
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(query))
    return "the query has a `%` that is not followed by two hex digits: send %25";
  const decoded = percentDecode(query);
  if (!Buffer.from(decoded.toString()).equals(decoded))
    return "the query decodes to bytes that are not UTF-8";
  return undefined;
}
