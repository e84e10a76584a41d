import { dirname } from "node:path";

import { isTestFile, packageOf, type SourceFile } from "./source-files.ts";

/** The most files of the product that one folder below `packages` may hold. */
export const maxFilesInFolder = 25;

/** Reading order of what lies in a folder, top first: folders end in `/`. An import may only lead down. */
export type Floors = Readonly<Record<string, readonly string[]>>;

export interface House {
  /** Files of the product in each folder of `packages`, most first. */
  readonly folders: readonly (readonly [folder: string, files: number])[];
  /** Rooms that import each other in a ring, each ring as one line. */
  readonly cycles: readonly string[];
  /** Imports that lead to a room further up. */
  readonly upArrows: readonly string[];
  /** Rooms of a folder that its reading order does not name, and names that are no room. */
  readonly unordered: readonly string[];
  /** Files in `src` that nothing reaches but tests. */
  readonly testOnly: readonly string[];
  /** Imports from another package that take no door of its `exports`, and imports of tests by the product. */
  readonly pastExports: readonly string[];
  readonly lines: { readonly ship: number; readonly all: number };
}

export function measureHouse(files: readonly SourceFile[], floors: Floors): House {
  const product = files.filter(({ path }) => !isTestFile(path));
  const arrows = arrowsBetweenRooms(product);
  const rings = [...ringsIn(arrows), ...ringsIn(new Map([["packages", packageArrows(files)]]))];
  return {
    folders: countFolders(product),
    cycles: rings.map(({ folder, rooms }) => `${folder}: ${rooms.join(" → ")}`),
    upArrows: [...arrows].flatMap(([folder, found]) =>
      found
        .filter(({ from, to }) => leadsUp(floors[folder] ?? reading(found), from, to))
        .map(({ from, to, by }) => `${folder}: ${from} → ${to}  (${by})`),
    ),
    unordered: unorderedRooms(product, floors),
    testOnly: testOnlyFiles(files),
    pastExports: importsPastExports(files),
    lines: {
      ship: sumOfLines(product.filter(({ path }) => ships(path))),
      all: sumOfLines(files),
    },
  };
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  /** An example of an import that makes it. */
  readonly by: string;
}

/** Arrows inside each folder of a `src`: between what lies directly in it, files and folders alike. */
function arrowsBetweenRooms(files: readonly SourceFile[]): ReadonlyMap<string, readonly Arrow[]> {
  const arrows = new Map<string, Map<string, Arrow>>();
  for (const { path, imports } of files) {
    for (const { target } of imports) {
      const folder = meetingPoint(path, target);
      if (folder === undefined || isTestFile(target)) continue;
      const from = roomIn(folder, path);
      const to = roomIn(folder, target);
      // Two files of one folder have a lint rule of their own.
      if (from === to || (!from.endsWith("/") && !to.endsWith("/") && !folder.endsWith("/src")))
        continue;
      const found = arrows.get(folder) ?? new Map<string, Arrow>();
      arrows.set(folder, found);
      found.set(`${from} ${to}`, { from, to, by: `${path} imports ${target}` });
    }
  }
  return new Map([...arrows].map(([folder, found]) => [folder, [...found.values()]]));
}

/** The innermost folder that holds both files, when it lies in one package's `src`. */
function meetingPoint(a: string, b: string): string | undefined {
  if (packageOf(a) !== packageOf(b)) return undefined;
  const others = dirname(b).split("/");
  const common = dirname(a).split("/");
  const end = common.findIndex((part, index) => part !== others[index]);
  const folder = common.slice(0, end === -1 ? common.length : end).join("/");
  return /^packages\/[^/]+\/src(\/|$)/.test(folder) ? folder : undefined;
}

/** What holds the file, of the things that lie directly in the folder. */
function roomIn(folder: string, path: string): string {
  const [first = "", ...rest] = path.slice(folder.length + 1).split("/");
  return rest.length === 0 ? first.replace(/\.\w+$/, "") : `${first}/`;
}

function packageArrows(files: readonly SourceFile[]): readonly Arrow[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ target }) => {
      const [from, to] = [packageOf(path), packageOf(target)];
      return from === to || from === "" || to === "" ? [] : [{ from, to, by: path }];
    }),
  );
}

/** Groups of rooms in which each can be reached from each. */
function ringsIn(
  arrows: ReadonlyMap<string, readonly Arrow[]>,
): readonly { folder: string; rooms: readonly string[] }[] {
  return [...arrows].flatMap(([folder, found]) => {
    const reach = reachability(found);
    const seen = new Set<string>();
    return [...reach.keys()].flatMap((room) => {
      if (seen.has(room) || !reach.get(room)?.has(room)) return [];
      const ring = [...reach.keys()].filter(
        (other) => reach.get(room)?.has(other) && reach.get(other)?.has(room),
      );
      for (const member of ring) seen.add(member);
      return [{ folder, rooms: ring }];
    });
  });
}

function reachability(arrows: readonly Arrow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of arrows) {
    next.set(from, (next.get(from) ?? new Set()).add(to));
    if (!next.has(to)) next.set(to, new Set());
  }
  return new Map(
    [...next.keys()].map((start) => {
      const reached = new Set<string>();
      const waiting = [...(next.get(start) ?? [])];
      for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
        if (reached.has(room)) continue;
        reached.add(room);
        waiting.push(...(next.get(room) ?? []));
      }
      return [start, reached];
    }),
  );
}

/** An order for a folder that says none: what reaches most comes first, so that few arrows lead up. */
function reading(arrows: readonly Arrow[]): readonly string[] {
  const reach = reachability(arrows);
  const size = (room: string): number => reach.get(room)?.size ?? 0;
  return [...reach.keys()].toSorted((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
}

function leadsUp(order: readonly string[], from: string, to: string): boolean {
  const [above, below] = [order.indexOf(from), order.indexOf(to)];
  return above !== -1 && below !== -1 && below < above;
}

function unorderedRooms(files: readonly SourceFile[], floors: Floors): readonly string[] {
  const rooms = new Map<string, Set<string>>();
  for (const { path } of files) {
    for (let folder = dirname(path); /^packages\/[^/]+\/src/.test(folder); folder = dirname(folder))
      rooms.set(folder, (rooms.get(folder) ?? new Set()).add(roomIn(folder, path)));
  }
  const missing = [...rooms].flatMap(([folder, found]) => {
    const named = floors[folder] ?? [];
    // The app behind the guard is its owner's: the order holds there as far as it is written.
    if (folder.startsWith("packages/functions/")) return [];
    // Below `src` only folders need an order: the files of one folder answer one question.
    const ordered = [...found].filter((room) => folder.endsWith("/src") || room.endsWith("/"));
    return ordered
      .filter((room) => !named.includes(room))
      .map((room) => `${folder}: ${room} has no place in the reading order`);
  });
  const unknown = Object.entries(floors).flatMap(([folder, named]) =>
    named
      .filter((room) => !rooms.get(folder)?.has(room) && !folder.startsWith("packages/functions/"))
      .map((room) => `${folder}: there is no ${room}`),
  );
  return [...missing, ...unknown];
}

function countFolders(files: readonly SourceFile[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    if (!path.startsWith("packages/")) continue;
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  }
  return [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** Where the product begins: commands, handlers, builds, what SST evaluates, and what adopters import. */
function isBeginning(path: string): boolean {
  return (
    /(^|\/)(main|build|lambda[\w-]*)\.ts$/.test(path) ||
    /^packages\/(backend|client|functions|sst-gatehouse)\/src\//.test(path) ||
    /^packages\/sst-gatehouse-dev\/src\/(testing|graph)\.ts$/.test(path) ||
    /^(sst\.config|access|gate|stages)\.ts$/.test(path) ||
    /\/(browser|child)\//.test(path)
  );
}

function testOnlyFiles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = files
    .map(({ path }) => path)
    .filter((path) => !isTestFile(path) && isBeginning(path));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...(byPath.get(path)?.imports ?? []).map(({ target }) => target));
  }
  return files
    .map(({ path }) => path)
    .filter((path) => /^packages\/[^/]+\/src\//.test(path))
    .filter((path) => !isTestFile(path) && !path.endsWith(".d.mts") && !reached.has(path));
}

function importsPastExports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      // A program that is started by its path is no import.
      .filter(({ byPath, target }) => !(byPath && target.endsWith("/main.ts")))
      .filter(({ specifier, target }) => {
        const elsewhere = packageOf(target) !== packageOf(path);
        const roundTheDoor =
          elsewhere && specifier.startsWith(".") && packageOf(target).startsWith("packages/");
        const testsOwn = /^packages\/[^/]+\/src\//.test(path) && !isTestFile(path);
        return roundTheDoor || (testsOwn && isTestFile(target));
      })
      .map(({ target }) => `${path} imports ${target}`),
  );
}

function ships(path: string): boolean {
  return /^(packages\/|[\w.-]+\.ts$)/.test(path) && !path.endsWith(".d.mts");
}

function sumOfLines(files: readonly SourceFile[]): number {
  return files.reduce((sum, { lines }) => sum + lines, 0);
}
