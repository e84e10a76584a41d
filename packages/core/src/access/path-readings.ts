import { GuardError } from "../errors.ts";

/** Anything that RFC 3986 does not let stand in a path (`pchar` and `/`), a broken escape, or an escaped NUL. */
const notInPath = /[^\w.~!$&'()*+,;=:@/%-]|%(?![0-9A-Fa-f]{2})|%00/;

/** Paths that every reader takes alike: no escapes, no `;`, no empty segment. Nearly all paths are. */
const plainPath = /^\/$|^(?:\/[\w.~!$&'()*+,=:@-]+)+$/;

/** A path that can be read in more ways, or whose readings are longer together, costs too much: nobody needs one. */
const maxReadings = 64;
const maxCharacters = 32_768;

/** Escaped dots as well: the WHATWG URL parser knows them, also in what somebody has decoded before it. */
const dotSegment = /\/(?:\.|%2E){1,2}(?:\/|$)/i;

/**
 * What routers, proxies and URL parsers are known to do to a path before they compare it. A reading is any choice of
 * these, in this order. What `;` begins comes twice: a server may cut it before it looks at `%2F`, or after it has decoded.
 * Decoding comes after the escapes that mean something, so `%252F` never counts as a separator.
 */
const habits: readonly ((path: string) => string)[] = [
  // Fastify 4 takes the first `;` for the beginning of the query, whatever stands behind it.
  replacing(/;.*/, ""),
  replacing(/;[^/]*/g, ""),
  replacing(/%2F/gi, "/"),
  replacing(/%5C/gi, "/"),
  // The WHATWG URL parser drops tab, CR and LF wherever they stand.
  replacing(/%0[9AD]/gi, ""),
  // `%2F` and `%5C` stay: whether they separate is a habit of its own.
  (path) => path.replace(/(?:%(?!2F|5C)..)+/gi, (escapes) => decodeURIComponent(escapes)),
  // It also cuts controls and spaces at the end, of what somebody has decoded before it.
  replacing(/(?<![\0- ])[\0- ]+$/, ""),
  // h3 1 (Nuxt, Nitro) decodes first, and looks for the query then.
  replacing(/[?#].*/s, ""),
  replacing(/;[^/]*/g, ""),
  replacing(/\/{2,}/g, "/"),
  // Express, and most routers after it, serve `/x/` as `/x`.
  replacing(/(.)\/$/s, "$1"),
];

/**
 * Every path that some server could take this one for, in the case it has: what lower-cases it, lower-cases patterns too.
 *
 * @param path as on the wire, without query.
 * @returns distinct readings, the path itself first.
 * @throws {GuardError} `path_malformed` when it is not a path of RFC 3986 with UTF-8 escapes, or has a dot segment in any
 *   reading; `path_ambiguous` when it has too many.
 */
export function exactReadings(path: string): readonly string[] {
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
  if (!path.startsWith("/") || notInPath.test(path)) throw malformed();
  let readings = [path];
  for (const habit of habits) {
    try {
      readings = [...new Set([...readings, ...readings.map(habit)])];
    } catch {
      throw malformed(); // escapes that are not UTF-8
    }
    if (readings.length > Math.min(maxReadings, maxCharacters / path.length))
      throw new GuardError(
        "path_ambiguous",
        "The path can be read in too many ways; send its plain form.",
      );
  }
  return readings;
}

function replacing(what: RegExp, by: string): (path: string) => string {
  return (path) => path.replace(what, by);
}

function malformed(): GuardError {
  return new GuardError(
    "path_malformed",
    "The path is not an RFC 3986 path; percent-encode everything else as UTF-8.",
  );
}
