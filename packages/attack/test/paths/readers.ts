import { openRouters, type Reader } from "./routers.ts";

/** What stands before apps and is no package: the path that each of them would go by. */
export const servers: Readonly<Record<string, (path: string) => string>> = {
  "nginx, which decodes and merges slashes": (path) => decoded(path).replaceAll(/\/+/g, "/"),
  "IIS, which takes a backslash for a slash": (path) => decoded(path).replaceAll("\\", "/"),
  "a servlet container": (path) => decoded(path.replaceAll(/;[^/]*/g, "")).replaceAll(/\/+/g, "/"),
  "a servlet container behind a proxy that decodes": (path) =>
    decoded(path).replaceAll(/;[^/]*/g, ""),
  "a URL parser": (path) => new URL(`https://app.example${path}`).pathname,
  "a URL parser behind a proxy that decodes": (path) =>
    new URL(`https://app.example${decoded(path)}`).pathname,
};

/** What is no UTF-8 is served by nobody: it becomes a path that falls under no rule. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}

/** @param rules paths as access rules write them, the more special first. */
export async function openReaders(
  rules: readonly string[],
): Promise<readonly (readonly [name: string, reader: Reader])[]> {
  const byRule = (path: string) =>
    rules.find((rule) =>
      rule.endsWith("*") ? `${path}/`.startsWith(rule.slice(0, -1)) : path === rule,
    );
  return [
    ...(await openRouters(rules)),
    ...Object.entries(servers).map(
      ([name, read]) => [name, async (path: string) => byRule(read(path))] as const,
    ),
  ];
}
