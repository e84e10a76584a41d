import { GuardError } from "../errors.ts";
import { exactReadings } from "./path-readings.ts";

/** Paths that the guard answers itself; they never reach the backend. */
const edgeRoute = /^\/\.auth(?:\/|$)/;

/**
 * Whether the guard answers this path itself.
 *
 * @param readings of the path; asked for only where one of them could be such a route.
 * @throws {GuardError} `path_malformed`; `path_ambiguous` for a path that some reader would take for such a route, or that
 *   has too many readings.
 */
export function isEdgeRoute(path: string, readings: () => readonly string[]): boolean {
  if (edgeRoute.test(path)) return true;
  // Every reading of such a route spells `auth`, or hides it behind an escape.
  if (!/auth|%/i.test(path)) return false;
  if (readings().some(isEdgeRouteInAnyCase))
    throw new GuardError(
      "path_ambiguous",
      "The path can be read as one below /.auth/; send its plain form.",
    );
  return false;
}

/** @throws {GuardError} `path_malformed`; `path_ambiguous` when it has too many readings. */
export function readsAsEdgeRoute(path: string): boolean {
  return exactReadings(path).some(isEdgeRouteInAnyCase);
}

/** Whether a reading is of such a route, in capitals too. */
export function isEdgeRouteInAnyCase(reading: string): boolean {
  return edgeRoute.test(reading.toLowerCase());
}
