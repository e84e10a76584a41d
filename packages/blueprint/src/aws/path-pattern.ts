// CloudFront's path patterns: `*` stands for any number of characters, `?` for one; upper and lower case differ.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern

/** The path pattern that takes what no other takes. */
export const everyPath = "/*";

/** Whether a pattern takes a path. @param path as on the wire, without query. */
export function matchesPattern(pattern: string, path: string): boolean {
  const source = pattern
    .replaceAll(/[$().+\\[\]{}|^]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(path);
}

/** Whether the outer pattern surely takes every path that the inner one takes. */
export function coversPattern(outer: string, inner: string): boolean {
  return walk(outer, inner, (out, at) => out === at || (out === "?" && at !== "*"), false);
}

/** Whether there is a path that both patterns take. */
export function patternsMeet(a: string, b: string): boolean {
  return walk(a, b, (left, right) => left === right || left === "?" || right === "?", true);
}

/**
 * Lays one pattern beside another, from their ends.
 *
 * @param agree whether one character of each stands for the same one of a path.
 * @param bothStretch whether a `*` of the second may stand for characters of the first, too.
 */
function walk(
  first: string,
  second: string,
  agree: (first: string, second: string) => boolean,
  bothStretch: boolean,
): boolean {
  /** For each rest of `second`: whether it fits the rest of `first` that was looked at last. */
  let fits: boolean[] = [];
  for (let i = first.length; i >= 0; i -= 1) {
    const shorter = fits;
    fits = [];
    for (let j = second.length; j >= 0; j -= 1) {
      const [a, b] = [first[i], second[j]];
      if (a === undefined && b === undefined) fits[j] = true;
      else if (a === "*") fits[j] = shorter[j] === true || fits[j + 1] === true;
      else if (bothStretch && b === "*") fits[j] = fits[j + 1] === true || shorter[j] === true;
      else fits[j] = a !== undefined && b !== undefined && agree(a, b) && shorter[j + 1] === true;
    }
  }
  return fits[0] === true;
}
