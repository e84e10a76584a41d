import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";

/** What an evaluation misses of a front end: sources are copied without what was built of them. */
export function missingBuild(outcome: { readonly kind: string; readonly message?: string }) {
  return outcome.kind === "refused"
    ? /No (?:build output|site) found at "([^"]+)"/.exec(outcome.message ?? "")?.[1]
    : undefined;
}

const placeholder = `<!doctype html>
<title>Placeholder</title>
<p>The site was not built when this was planned.
`;

/**
 * Copies what was built, or puts a page in its place, so that a plan needs no build.
 *
 * @param asked a folder, or a page in one, from the project's root.
 * @returns whether another evaluation will find something that this one did not.
 */
export async function bringBuild(
  {
    original,
    project,
    print = () => {},
  }: {
    readonly original: string;
    readonly project: string;
    readonly print?: ((line: string) => void) | undefined;
  },
  asked: string,
): Promise<boolean> {
  const path = normalize(asked);
  const target = join(project, path);
  if (path.startsWith("..") || path.startsWith("/") || existsSync(target)) return false;
  const built = join(original, path);
  if (existsSync(built)) {
    await cp(built, target, { recursive: true, verbatimSymlinks: true });
    return true;
  }
  const page = path.endsWith(".html") ? target : join(target, "index.html");
  await mkdir(dirname(page), { recursive: true });
  await writeFile(page, placeholder);
  print(`${path} is not built; what it would have is left out of the plan.`);
  return true;
}
