/** Matches a whole text against a pattern in which `*` is any run of characters and `?` any one; case counts. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

/**
 * Matches an ARN part by part: a wildcard stays between two of the first five colons. A pattern with fewer than six parts
 * is completed with `*`, as IAM does.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const patterns = arnParts(pattern);
  const parts = arnParts(arn);
  if (parts.length < 6) return false;
  return parts.every((part, index) => matchesPattern(patterns[index] ?? "*", part));
}

/** Six parts at most: everything after the fifth colon is the resource. */
function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
