import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(import.meta.dirname, "../../docs/adopt.md"), "utf8");

/** What stands in fences of a language on the page that adopters follow, in its order. */
export function fenced(language: string): readonly string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, of]) => of === language)
    .map(([, , text = ""]) => text);
}

const [gate = "", site = "", staticSite = ""] = fenced("diff");
/** The page's diffs: `gate` for every app, and one of the others on top of it for a front end. */
export const diffs = { gate, site, staticSite } as const;

/** Every command that the page has a reader type, without the comment behind it. */
export const commands: readonly string[] = fenced("sh").flatMap((block) =>
  block
    .split("\n")
    .map((line) => line.replace(/ +# .*$/, ""))
    .filter((line) => line !== ""),
);

/** How many lines a diff puts in and takes out, and how many files it makes and changes. */
export function countDiff(diff: string) {
  const lines = diff.split("\n");
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  return {
    linesAdded: count(/^\+(?!\+\+ )/),
    linesRemoved: count(/^-(?!-- )/),
    filesAdded: count(/^--- \/dev\/null$/),
    filesChanged: count(/^--- a\//),
  };
}
