/** Ours, AWS's own, and those that make frameworks see another path or method. */
const prefixes = ["x-gatehouse-", "x-amz-", "x-amzn-oidc-", "x-http-method"];
const names = new Set(["x-original-url", "x-rewrite-url", "x-method-override"]);

/** Whether a header is one that a caller may not send. `_` counts as `-`, because some servers read them as the same. */
export function isRefusedHeader(name: string): boolean {
  const plain = name.replaceAll("_", "-").toLowerCase();
  return names.has(plain) || prefixes.some((prefix) => plain.startsWith(prefix));
}
