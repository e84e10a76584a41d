import { everyPath, matchesPattern } from "@sst-gatehouse/blueprint/path-pattern";

/**
 * Where CloudFront takes a path to: the first of the patterns that fits. What no pattern fits, such as `*` of an OPTIONS, goes
 * where the last one leads.
 *
 * @param fronts as `behaviorsOf` orders them: the last has the pattern for every path.
 * @returns a function of a request target.
 */
export function frontByPath<Front extends { readonly pattern: string }>(
  fronts: readonly Front[],
): (target: string) => Front {
  const otherwise = fronts.at(-1);
  if (otherwise?.pattern !== everyPath) throw new TypeError("no backend takes every path");
  return (target) => {
    const [path = ""] = target.split("?");
    return fronts.find(({ pattern }) => matchesPattern(pattern, path)) ?? otherwise;
  };
}
