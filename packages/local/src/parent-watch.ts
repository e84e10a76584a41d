import { readFileSync } from "node:fs";

const intervalMs = 500;

/**
 * Calls back once, when the process that started this one is gone: a killed package manager must not leave a stack
 * behind. On Linux the whole chain of package managers and their shells counts, elsewhere the direct parent.
 *
 * @returns stops watching.
 */
export function watchParents(onGone: () => void): () => void {
  const parent = process.ppid;
  const launchers = launchersOf(parent);
  const timer = setInterval(() => {
    if (
      process.ppid === parent &&
      launchers.every(({ pid, startedAt }) => startTime(pid) === startedAt)
    )
      return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

interface Launcher {
  readonly pid: number;
  /** Start time in clock ticks: a process id may be used again, both together are unique. */
  readonly startedAt: string;
}

/**
 * The ancestors that only exist to run this command: npx, npm, pnpm and the shells between them. A shell above them is
 * somebody's terminal or script, and may end before the stack does.
 */
function launchersOf(parent: number): readonly Launcher[] {
  const launchers: Launcher[] = [];
  let shells: Launcher[] = [];
  for (let pid = parent; pid > 1; pid = parentOf(pid)) {
    const startedAt = startTime(pid);
    const command = commandLine(pid);
    if (startedAt === undefined) break;
    if (packageManager.test(command)) {
      launchers.push(...shells, { pid, startedAt });
      shells = [];
    } else if (shell.test(command)) {
      shells.push({ pid, startedAt });
    } else {
      break;
    }
  }
  return launchers;
}

/** By name, or as the script that node runs. */
const packageManager = /^(?:\S*\/)?(?:(?:npx|npm|pnpm)\b|node \S*(?:npx|npm|pnpm)[^/ ]*(?: |$))/;
const shell = /^(?:\S*\/)?(?:sh|dash|bash) -c /;

function commandLine(pid: number): string {
  return readProc(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ") ?? "";
}

function parentOf(pid: number): number {
  return Number(statFields(pid)?.[1] ?? 0);
}

function startTime(pid: number): string | undefined {
  const fields = statFields(pid);
  // A zombie has ended, whether or not anybody has asked for its exit code.
  return fields === undefined || fields[0] === "Z" ? undefined : fields[19];
}

/** The fields of proc(5) `stat` from `state` on; the command's name before them may hold spaces and parentheses. */
function statFields(pid: number): readonly string[] | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // gone, or not Linux
  }
}
