import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { type Floors, type House, maxFilesInFolder, measureHouse } from "./measure.ts";
import { readSourceFiles } from "./source-files.ts";

const usage = `Measures the house: rooms, doors and the arrows between them.

Usage: node repository/house/main.ts [--root <dir>] [--tests] [--minutes]

  --root <dir>  another checkout of this repository, to compare with
  --tests       counts the tests as well (a minute)
  --minutes     times the README's test command and .ci/run as well (a quarter of an hour)

Exits with 1 when an arrow leads up or in a ring, a folder of packages holds more than ${maxFilesInFolder} files,
a file in src serves tests alone, an import takes no door, or a room has no place in floors.json.`;

const { values } = parseArgs({
  options: {
    root: { type: "string", default: join(import.meta.dirname, "../..") },
    tests: { type: "boolean", default: false },
    minutes: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
} else {
  const root = resolve(values.root);
  const floors: Floors = JSON.parse(readFileSync(join(import.meta.dirname, "floors.json"), "utf8"));
  const own = root === resolve(import.meta.dirname, "../..");
  const house = measureHouse(readSourceFiles(root), own ? floors : {});
  print(house, own);
  if (values.tests) console.log(`tests                    ${countTests(root)}`);
  if (values.minutes) {
    console.log(
      `minutes of test          ${minutesOf(root, "npx", ["--yes", "pnpm@10.34.9", "test"])}`,
    );
    console.log(`minutes of .ci/run       ${minutesOf(root, "bash", [".ci/run"])}`);
  }
  const { cycles, upArrows, testOnly, pastExports, unordered } = house;
  const faults = [cycles, upArrows, testOnly, pastExports, own ? unordered : []].flat().length;
  if (faults > 0 || crowded(house).length > 0) process.exitCode = 1;
}

function print(house: House, own: boolean): void {
  const [[largest, most] = ["", 0]] = house.folders;
  console.log(
    `folders of packages      ${house.folders.length}; the fullest holds ${most} (${largest})`,
  );
  list("folders that are too full", crowded(house));
  list("rings of rooms", house.cycles);
  list("arrows that lead up", house.upArrows);
  if (own) list("rooms without a place", house.unordered);
  list("files in src for tests", house.testOnly);
  list("imports past exports", house.pastExports);
  console.log(`lines that ship          ${house.lines.ship}`);
  console.log(`lines in all             ${house.lines.all}`);
}

function list(title: string, found: readonly string[]): void {
  console.log(`${title.padEnd(25)}${found.length}`);
  for (const line of found) console.log(`  ${line}`);
}

function crowded({ folders }: House): readonly string[] {
  return folders
    .filter(([, files]) => files > maxFilesInFolder)
    .map(([folder, files]) => `${folder} (${files})`);
}

function countTests(root: string): number {
  const options = { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const listed = execFileSync("npx", ["vitest", "list", "--json"], options);
  const tests: readonly unknown[] = JSON.parse(listed.slice(listed.indexOf("[")));
  return tests.length;
}

function minutesOf(cwd: string, command: string, args: readonly string[]): string {
  const start = performance.now();
  const { status } = spawnSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  return status === 0 ? minutes : `${minutes} (it failed: ${status})`;
}
