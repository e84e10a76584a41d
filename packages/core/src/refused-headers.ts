/** Ours, AWS's own, and those that make frameworks see another path or method. `_` counts as `-`, as some servers have it. */
const refused =
  /^x[-_](?:gatehouse[-_]|amz[-_]|amzn[-_]oidc[-_]|http[-_]method|(?:original[-_]url|rewrite[-_]url|method[-_]override)$)/i;

/** Whether a header is one that a caller may not send. */
export function isRefusedHeader(name: string): boolean {
  return refused.test(name);
}
