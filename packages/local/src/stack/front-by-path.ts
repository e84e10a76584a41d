import { everyPath } from "@sst-gatehouse/blueprint/path-pattern";

/**
 * Which backend CloudFront takes a path to: the first of the patterns that fits, in the order of the gate, and `/*` when none
 * does. `*` stands for any number of characters and `?` for one; upper and lower case differ.
 *
 * @param fronts at least one has the pattern for every path.
 * @returns a function of a request target.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
export function frontByPath<Front extends { readonly paths: readonly string[] }>(
  fronts: readonly Front[],
): (target: string) => Front {
  const behaviors = fronts.flatMap((front) =>
    front.paths.map((path) => ({ path, pattern: toPattern(path), front })),
  );
  const otherwise = behaviors.find(({ path }) => path === everyPath)?.front;
  if (otherwise === undefined) throw new TypeError("no backend takes every path");
  return (target) => {
    const [path = ""] = target.split("?");
    const found = behaviors.find((each) => each.path !== everyPath && each.pattern.test(path));
    return found?.front ?? otherwise;
  };
}

function toPattern(path: string): RegExp {
  const source = path
    .replaceAll(/[$().+\\[\]{}|^]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}
