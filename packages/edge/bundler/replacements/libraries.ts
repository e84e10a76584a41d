type Libraries = typeof import("../../src/libraries.ts");

/** Stands in for core's modules around its libraries inside `lambda.cjs`: most requests need none of them. */
const libraries = (): Libraries => require("./libraries.cjs");

export const checkByLibrary: Libraries["checkByLibrary"] = (...of) =>
  libraries().checkByLibrary(...of);
export const signByLibrary: Libraries["signByLibrary"] = (...of) =>
  libraries().signByLibrary(...of);
