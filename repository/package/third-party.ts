import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { root } from "./workspace.ts";

/** What a bundle may hold of other people's. Each of them wants its text passed on, and nothing else. */
const licences = ["MIT", "Apache-2.0", "0BSD", "ISC", "BSD-2-Clause", "BSD-3-Clause"];

/** Of a package in a bundle: what its authors ask to be passed on with it. */
interface Notice {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly texts: readonly string[];
}

/**
 * The licences and notices of all packages of other people that a bundle holds, as one text for people.
 *
 * @param inputs the bundle's files, absolute or relative to the root of the repository.
 * @throws {Error} for a package whose licence is another than {@link licences}, or says nothing of itself.
 */
export function thirdPartyNotices(inputs: Iterable<string>): string {
  const folders = new Set(
    [...inputs].flatMap((input) => {
      const folder = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(input)?.[1];
      return folder === undefined ? [] : [join(folder.startsWith("/") ? "" : root, folder)];
    }),
  );
  // One text for all that share it, so that the Apache licence is there once.
  const names = new Map<string, Set<string>>();
  for (const { name, version, license, texts } of [...folders].map(readNotice))
    for (const text of texts) {
      const of = names.get(text) ?? new Set();
      names.set(text, of.add(`${name} ${version} (${license})`));
    }
  const rule = "=".repeat(80);
  const parts = [...names]
    .map(([text, of]) => `${rule}\n${[...of].toSorted().join("\n")}\n${rule}\n\n${text}`)
    .toSorted();
  return `This package holds code of the packages below, bundled.\n\n${parts.join("\n\n")}\n`;
}

function readNotice(folder: string): Notice {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!licences.includes(license))
    throw new Error(`${name} is bundled, and its licence is ${license}`);
  const files = readdirSync(folder).filter((file) =>
    /^(licen[cs]e|notice|third-party-licenses)/i.test(file),
  );
  const texts = files.toSorted().map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0) throw new Error(`${name} is bundled, and has no file with its licence`);
  return { name, version, license, texts };
}

/** The folder of a package, from a file inside it. */
export function folderOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
