/** By which SST looks for the file of a handler, in this order. */
export const handlerEndings = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/** Packages that SST never bundles, and installs beside a bundle. */
export const neverBundled = ["sharp", "pg-native"];
