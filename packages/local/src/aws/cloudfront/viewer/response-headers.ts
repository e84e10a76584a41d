import type { ResponseHeader } from "@sst-gatehouse/blueprint/response-headers";

import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";

/**
 * The headers of an answer after a response headers policy: what the policy overrides is replaced, and what it does not
 * is added only where the answer has no such header.
 *
 * AWS says that this happens to answers of the origin and of the cache. That it also happens to what a function
 * generated and to CloudFront's own error pages is inferred.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/modifying-response-headers.html
 */
export function withResponseHeaders(
  lines: readonly HeaderLine[],
  policy: readonly ResponseHeader[],
): HeaderLine[] {
  const added = policy.filter(
    ({ name, override }) => override || valuesOf(lines, name.toLowerCase()).length === 0,
  );
  const replaced = new Set(added.map(({ name }) => name.toLowerCase()));
  return [
    ...lines.filter(([name]) => !replaced.has(name.toLowerCase())),
    ...added.map(({ name, value }) => [name, value] as const),
  ];
}
