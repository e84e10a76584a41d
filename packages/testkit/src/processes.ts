import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A process as every user of the machine, or its own, can look it up. */
export interface ProcessSeen {
  /** The words of its command, with a space between. */
  readonly command: string;
  /** `NAME=value`, one each. */
  readonly environment: readonly string[];
}

/** A process and all that it has started, by their ids. @param proc Linux's `/proc`, or one that a test has made. */
export function treeOf(root: number, proc: string): readonly number[] {
  return createTree(root, proc)();
}

/** Looks for the same again and again. The kernel takes long to tell of a process, so a parent is asked for once. */
function createTree(root: number, proc: string): () => readonly number[] {
  let parents: ReadonlyMap<number, number> = new Map();
  return () => {
    const pids = names(proc)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    parents = new Map(pids.map((pid) => [pid, parents.get(pid) ?? parentOf(pid, proc)] as const));
    const below = (pid: number): readonly number[] => [
      pid,
      ...[...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => below(child)),
    ];
    return below(root);
  };
}

function parentOf(pid: number, proc: string): number {
  // The name before it may hold spaces and brackets.
  const stat =
    read(join(proc, String(pid), "stat"))
      .split(") ")
      .at(-1) ?? "";
  return Number(stat.split(" ")[1]);
}

/**
 * Looks every 50 ms at what a process has started, and what these have: each command and each environment, once.
 *
 * @param root is not looked at itself.
 * @returns ends it.
 */
export function watchProcesses(root: number, proc = "/proc"): () => readonly ProcessSeen[] {
  const seen = new Map<string, ProcessSeen>();
  const tree = createTree(root, proc);
  const look = (): void => {
    for (const pid of tree().slice(1)) {
      const [command, environment] = ["cmdline", "environ"].map((file) =>
        read(join(proc, String(pid), file))
          .split("\0")
          .filter(Boolean),
      );
      const one = { command: command?.join(" ") ?? "", environment: environment ?? [] };
      if (one.command !== "") seen.set(JSON.stringify([pid, one]), one);
    }
  };
  look();
  const timer = setInterval(look, 50);
  return () => {
    clearInterval(timer);
    look();
    return [...seen.values()];
  };
}

/** A process that has ended in the meantime has none. */
export function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Empty for a process that has ended. */
export function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
