import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

import { isProcessAlive } from "@sst-gatehouse/deploy/is-process-alive";

const intervalMs = 500;

/**
 * Calls back once, when a process that started this one is gone: the direct parent, or any package manager or shell
 * above it that exists only to run this command. A killed `npx` must not leave a stack behind.
 *
 * @returns stops watching.
 */
export function watchParents(onGone: () => void): () => void {
  const parent = process.ppid;
  const launchers = launchersOf(parent, existsSync("/proc/self/stat") ? fromProc : fromPs());
  const timer = setInterval(() => {
    if (process.ppid === parent && launchers.every(isRunning)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

export interface ProcessEntry {
  readonly parent: number;
  /** Program and arguments. */
  readonly command: readonly string[];
}

/**
 * The ancestors that only exist to run this command: npx, npm, pnpm, and the shells and scripts in `node_modules/.bin`
 * between them. Whatever is above them is somebody's terminal or script, and may end before the stack does.
 */
export function launchersOf(
  parent: number,
  find: (pid: number) => ProcessEntry | undefined,
): readonly number[] {
  const launchers: number[] = [];
  let between: number[] = [];
  for (let pid = parent, entry = find(pid); pid > 1 && entry;) {
    if (isPackageManager(entry.command)) {
      launchers.push(...between, pid);
      between = [];
    } else if (isBetween(entry.command)) {
      between.push(pid);
    } else {
      break;
    }
    pid = entry.parent;
    entry = find(pid);
  }
  return launchers;
}

const packageManagers = new Set(["npx", "npm", "pnpm"]);
const packageManagerScript = /^(?:npx|npm|pnpm)(?:-cli)?(?:\.[cm]?js)?$/;

function isPackageManager([program = "", script = ""]: readonly string[]): boolean {
  // npm writes its title over its command line, so that its program is one text such as `npm exec pnpm`.
  const [title = ""] = program.split(" ");
  if (packageManagers.has(nameOf(program)) || packageManagers.has(title)) return true;
  return nameOf(program) === "node" && packageManagerScript.test(nameOf(script));
}

/** A shell that a package manager started, or that runs one of its scripts: pnpm's `node` is such a script. */
function isBetween([program = "", first = ""]: readonly string[]): boolean {
  const isShell = /^(?:sh|dash|bash)$/.test(nameOf(program));
  return isShell && (first === "-c" || first.includes("/node_modules/.bin/"));
}

function nameOf(path: string): string {
  return path.split("/").at(-1) ?? "";
}

function fromProc(pid: number): ProcessEntry | undefined {
  const [, parent] = statFields(pid) ?? [];
  const command = readOrNothing(`/proc/${pid}/cmdline`);
  if (parent === undefined || command === undefined) return undefined;
  return { parent: Number(parent), command: command.split("\0") };
}

/** Where there is no /proc, such as on macOS. */
function fromPs(): (pid: number) => ProcessEntry | undefined {
  const table = new Map<number, ProcessEntry>();
  const lines = execFileSync("ps", ["-axo", "pid=,ppid=,command="], { encoding: "utf8" });
  for (const [, pid, parent, command = ""] of lines.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)) {
    table.set(Number(pid), { parent: Number(parent), command: command.split(" ") });
  }
  return (pid) => table.get(pid);
}

/** A zombie has ended, whether or not anybody has asked for its exit code. */
function isRunning(pid: number): boolean {
  return isProcessAlive(pid) && statFields(pid)?.[0] !== "Z";
}

/** The fields of proc(5) `stat` from `state` on; the command's name before them may hold spaces and parentheses. */
function statFields(pid: number): readonly string[] | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // gone, or not Linux
  }
}
