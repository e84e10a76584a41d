import { readFile } from "node:fs/promises";
import { relative } from "node:path";

import type { Gate } from "@sst-gatehouse/blueprint/gate";

import type { Explain } from "../aws/explain.ts";

/** A link that code asks for and that has no value here. */
export interface MissingLink {
  readonly link: string;
  /** From the app's root. */
  readonly file: string;
}

/**
 * The links of SST that an app's own code asks for by name, `Resource.Covers`, and `local.links` of its gate does not give.
 *
 * @param reads absolute paths of what was built, installed packages apart.
 */
export async function missingLinks(
  root: string,
  reads: Iterable<string>,
  { local = {} }: Gate,
): Promise<readonly MissingLink[]> {
  const found = await Promise.all(
    [...reads].toSorted().map(async (path) => {
      const text = await readFile(path, "utf8").catch(() => "");
      if (!/["']sst["']/.test(text)) return [];
      const names = [...text.matchAll(/\bResource\.([A-Z]\w*)/g)].map(([, name = ""]) => name);
      return [...new Set(names)].map((link) => ({ link, file: relative(root, path) }));
    }),
  );
  return found
    .flat()
    .filter(({ link }) => link !== "App" && !Object.hasOwn(local.links ?? {}, link));
}

/** Nothing is deployed here that could be linked, so a developer has to say what a link is. */
export function explainMissingLinks(missing: readonly MissingLink[], explain: Explain): void {
  for (const { link, file } of missing)
    explain("stack", `${file} asks for Resource.${link}, which has no value on this machine`, [
      `say it in gate.ts, such as local: { links: { ${link}: { name: "…" } } }`,
    ]);
}
