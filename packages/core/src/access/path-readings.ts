import { GuardError } from "../errors.ts";

/** Anything that RFC 3986 does not let stand in a path (`pchar` and `/`), a broken escape, or an escaped NUL. */
const notInPath = /[^\w.~!$&'()*+,;=:@/%-]|%(?![0-9A-Fa-f]{2})|%00/;

/** Paths that every reader takes alike: no escapes, no `;`, no empty segment. Nearly all paths are. */
const plainPath = /^\/$|^(?:\/[\w.~!$&'()*+,=:@-]+)+$/;

const dotSegment = /(?:^|\/)\.\.?(?:\/|$)/;

const cutParameters = (path: string) => path.replaceAll(/;[^/]*/g, "");

/**
 * What routers, proxies and URL parsers are known to do to a path before they compare it. A reading is any choice of
 * these, in this order. Parameters come twice: a server may cut them before it looks at `%2F`, or after it has decoded.
 * Decoding comes after the escapes that mean something, so `%252F` never counts as a separator.
 */
const habits: readonly ((path: string) => string)[] = [
  cutParameters,
  (path) => path.replaceAll(/%2F/gi, "/"),
  (path) => path.replaceAll(/%5C/gi, "/"),
  // The WHATWG URL parser drops tab, CR and LF wherever they stand.
  (path) => path.replaceAll(/%0[9AD]/gi, ""),
  decodeAllButSeparators,
  cutParameters,
  (path) => path.replaceAll(/\/{2,}/g, "/"),
  // Express, and most routers after it, serve `/x/` as `/x`.
  (path) => (path.endsWith("/") && path.length > 1 ? path.slice(0, -1) : path),
];

/**
 * Every path that some server could take this one for.
 *
 * @param path as on the wire, without query.
 * @returns distinct readings, the path itself first, each also lower-cased.
 * @throws {GuardError} `path_malformed` when it is not a path of RFC 3986 with UTF-8 escapes, or has a dot segment in any reading.
 */
export function pathReadings(path: string): readonly string[] {
  const readings = exactReadings(path);
  return [...new Set([...readings, ...readings.map((reading) => reading.toLowerCase())])];
}

/**
 * The readings of {@link pathReadings} that keep their case: for a reader who lower-cases patterns along with the path.
 *
 * @throws {GuardError} `path_malformed`, as there.
 */
export function exactReadings(path: string): readonly string[] {
  if (!path.startsWith("/") || notInPath.test(path)) throw malformed();
  const readings = plainPath.test(path) ? [path] : combineHabits(path);
  if (readings.some((reading) => dotSegment.test(reading))) {
    throw new GuardError(
      "path_malformed",
      "The path has a dot segment; send the path it stands for.",
    );
  }
  return readings;
}

/** With every habit, what was there before stays: each choice of habits has its reading. */
function combineHabits(path: string): string[] {
  let readings = [path];
  for (const habit of habits) readings = [...new Set([...readings, ...readings.map(habit)])];
  return readings;
}

/** `%2F` and `%5C` stay: whether they separate is a habit of its own. */
function decodeAllButSeparators(path: string): string {
  try {
    return path
      .split(/(%2F|%5C)/i)
      .map((part, index) => (index % 2 === 0 ? decodeURIComponent(part) : part))
      .join("");
  } catch {
    throw malformed();
  }
}

function malformed(): GuardError {
  return new GuardError(
    "path_malformed",
    "The path is not an RFC 3986 path; percent-encode everything else as UTF-8.",
  );
}
