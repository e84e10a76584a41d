import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Every page for people, relative to the root. */
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "corpus/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];

describe.each(pages)("%s", (page) => {
  test("links to files and headings that exist", () => {
    const text = readFileSync(join(root, page), "utf8");
    const broken = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => {
        const [path = "", heading] = link.split("#");
        const file = path === "" ? join(root, page) : join(root, dirname(page), path);
        if (!existsSync(file)) return true;
        return heading !== undefined && !headingsOf(readFileSync(file, "utf8")).has(heading);
      });
    expect(broken).toEqual([]);
  });
});

test("README is read in five minutes", () => {
  expect(readFileSync(join(root, "README.md"), "utf8").split("\n").length).toBeLessThanOrEqual(150);
});

describe("the docs name tests that exist", () => {
  const cited = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), "utf8");
    return [...text.matchAll(/\]\((\.\.\/[^)]+\.(?:test|adopt|attack)\.ts)\): (“[^|[]+”)/g)].map(
      ([, file = "", titles = ""]) => ({
        page,
        file: join(dirname(page), file),
        titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = ""]) => title),
      }),
    );
  });

  test.each([
    ["docs/stand-ins.md", 100],
    ["docs/threat-model.md", 30],
  ])("%s cites %i at least", (page, least) => {
    const titles = cited.filter((row) => row.page === page).flatMap((row) => row.titles);
    expect(titles.length).toBeGreaterThanOrEqual(least);
  });

  test.each(cited)("$page: $file", ({ file, titles }) => {
    const texts = textsOf(file);
    expect(titles.filter((title) => !isTitleIn(texts, title))).toEqual([]);
  });

  test.each([
    ["a title", "refuses a body", true],
    ["a title with its row filled in", "refuses a URL of 8193 bytes", true],
    ["a row", "a URL of 8193 bytes", true],
    ["half a title", "refuses a", false],
    ["a title filled in with what no row has", "refuses a URL of nothing", false],
  ])("%s counts as one, or not", (_what, title, expected) => {
    const source =
      'test("refuses a body", run); test.each([["a URL of 8193 bytes"]])("refuses %s", run);';
    expect(isTitleIn(textsIn(source), title)).toBe(expected);
  });
});

/** As GitHub makes anchors of headings. */
function headingsOf(markdown: string): ReadonlySet<string> {
  return new Set(
    [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/g, "-"),
    ),
  );
}

/** Whether a file of tests with these texts has the title, or the row of a table that a title is made with. */
function isTitleIn(texts: readonly string[], cited: string): boolean {
  return texts.some((text) => {
    if (text === cited) return true;
    if (!placeholder.test(text)) return false;
    const filled = new RegExp(`^${text.split(placeholder).map(escaped).join("(.+)")}$`).exec(cited);
    return filled?.slice(1).every((part) => /^\d+$/.test(part) || texts.includes(part)) ?? false;
  });
}

const placeholder = /%[sdijfoO]|\$[\w.]+/;

const textsOfFiles = new Map<string, readonly string[]>();

/** Every text in a file, which is read once for all pages that cite it. */
function textsOf(file: string): readonly string[] {
  const texts = textsOfFiles.get(file) ?? textsIn(readFileSync(join(root, file), "utf8"));
  textsOfFiles.set(file, texts);
  return texts;
}

/** Every text in a source; what a template has between its parts counts as a placeholder. */
function textsIn(source: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    if (ts.isTemplateExpression(node)) {
      const parts = [node.head, ...node.templateSpans.map(({ literal }) => literal)];
      found.push(parts.map(({ text }) => text).join("%s"));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("a.test.ts", source, ts.ScriptTarget.Latest, true));
  return found.filter((text) => text.replace(placeholder, "").trim() !== "");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
