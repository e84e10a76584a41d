import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What was made of a copied project, and the files of the copy that went into it. */
export interface Made<Result> {
  readonly inputs: readonly string[];
  readonly result: Result;
}

/** Makes something of a copied project, unless it was made before of the same. */
export type Reuse<Result> = (
  project: string,
  /** The only files that differ from one time to another. */
  changed: readonly string[],
  /** What else it depends on. */
  key: string,
  make: () => Promise<Made<Result>>,
) => Promise<Result>;

/** Of what is no source, such as a package.json, each counts: it may matter to a bundler. */
export function createReuse<Result>(): Reuse<Result> {
  const known: (Made<Result> & { readonly madeOf: string })[] = [];
  return async (project, changed, key, make) => {
    const texts = await Promise.all(
      changed.map(async (file) => [file, await readFile(join(project, file), "utf8")] as const),
    );
    const madeOf = (inputs: readonly string[]): string =>
      JSON.stringify([
        key,
        ...texts.filter(([file]) => !file.endsWith(".ts") || inputs.includes(file)),
      ]);
    const before = known.find((made) => made.madeOf === madeOf(made.inputs));
    if (before !== undefined) return before.result;
    const made = await make();
    known.push({ ...made, madeOf: madeOf(made.inputs) });
    return made.result;
  };
}
