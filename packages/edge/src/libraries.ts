/**
 * What other people's libraries do for requests that are out of the ordinary. Built into a file of its own, `libraries.cjs`,
 * which the first of them loads.
 */
export { checkByLibrary } from "@sst-gatehouse/core/library-check";
export { signByLibrary } from "@sst-gatehouse/core/library-signature";
