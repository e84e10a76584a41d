import { closeSync, openSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { names, read, treeOf } from "./processes.ts";

/** A socket that waits for connections. */
export interface Listener {
  /** As the kernel writes it, such as `00000000:34F5`. */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Of the process. */
  readonly command: string;
}

/** The kernel's tables of TCP sockets. */
type Table = "net/tcp" | "net/tcp6";
const bothTables: readonly Table[] = ["net/tcp", "net/tcp6"];

/** Why listeners cannot be watched here; undefined where they can. */
export const whyUnwatched =
  process.platform === "linux" ? undefined : "who listens is looked up in /proc, which is Linux's";

/**
 * The sockets of a process, and of all that it has started, that somebody on another machine could connect to: TCP
 * sockets that listen on anything but loopback. Listeners in a separate network are not among them.
 *
 * @param proc Linux's, or one that a test has made.
 * @param others inodes of sockets that are known to be strangers': to look through the processes takes long.
 * @param tables where to look.
 */
export function listenersBeyondLoopback(
  root: number,
  proc = "/proc",
  others: ReadonlySet<string> = new Set(),
  tables: readonly Table[] = bothTables,
): readonly Listener[] {
  const open = openBeyondLoopback(proc, tables).filter(({ inode }) => !others.has(inode));
  if (open.length === 0) return [];
  return treeOf(root, proc).flatMap((pid) => {
    const inodes = socketsOf(pid, proc);
    return open
      .filter(({ inode }) => inodes.has(inode))
      .map(({ address }) => ({
        address,
        port: Number.parseInt(address.split(":")[1] ?? "", 16),
        pid,
        command: read(join(proc, String(pid), "cmdline"))
          .replaceAll("\0", " ")
          .trim(),
      }));
  });
}

/** Inodes of the sockets that listen beyond loopback, but for those of a process and of all that it has started. */
export function strangersSockets(root: number, proc = "/proc"): ReadonlySet<string> {
  const own = new Set(treeOf(root, proc).flatMap((pid) => [...socketsOf(pid, proc)]));
  const inodes = openBeyondLoopback(proc).map(({ inode }) => inode);
  return new Set(inodes.filter((inode) => !own.has(inode)));
}

/** A look at the table of IPv6 takes the kernel 4 ms where nobody is connected by IPv6, and one at its count next to nothing. */
const looksPerSecond = 20;

/**
 * Looks for the same again and again.
 *
 * @returns what looks once more: at IPv6 whenever the number of its sockets has changed, and every twentieth time, because
 *   one socket may have taken another's place.
 */
export function createLook(
  root: number,
  proc = "/proc",
  others: ReadonlySet<string> = new Set(),
): () => readonly Listener[] {
  let count = "";
  let looks = 0;
  return () => {
    const before = count;
    count = read(join(proc, "net/sockstat6"));
    const isSame = count !== "" && count === before && looks % looksPerSecond !== 0;
    looks += 1;
    return listenersBeyondLoopback(root, proc, others, isSame ? ["net/tcp"] : bothTables);
  };
}

export interface Watch {
  /** @returns every listener beyond loopback that was seen, each once. */
  stop(): Promise<readonly Listener[]>;
}

/** Looks every 50 ms, in a separate thread, which nothing else in this process can hold up. */
export async function watchListeners(root: number): Promise<Watch> {
  const worker = new Worker(new URL("./listeners-watch.ts", import.meta.url), {
    workerData: { root },
  });
  worker.unref();
  const answer = (): Promise<readonly Listener[]> =>
    new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  await answer(); // it has begun
  return {
    stop() {
      worker.ref();
      const found = answer();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
      worker.postMessage("stop");
      return found;
    },
  };
}

/** Local addresses in the kernel's notation: four bytes at a time, each four in this machine's order. */
const loopback = [
  /^[0-9A-F]{6}7F$/, // 127.0.0.0/8
  /^0{24}01000000$/, // ::1
  /^0{16}FFFF0000[0-9A-F]{6}7F$/, // ::ffff:127.0.0.0/104
];
const listening = "0A";

interface OpenSocket {
  readonly address: string;
  readonly inode: string;
}

function openBeyondLoopback(
  proc: string,
  tables: readonly Table[] = bothTables,
): readonly OpenSocket[] {
  return tables
    .flatMap((table) => readListening(join(proc, table)).split("\n").slice(1))
    .flatMap((line) => {
      const [, address = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [host = ""] = address.split(":");
      if (state !== listening || loopback.some((pattern) => pattern.test(host))) return [];
      return [{ address, inode }];
    });
}

/**
 * The beginning of a table, down to the last socket that listens: the kernel lists these first, and thousands of
 * connections may follow.
 *
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
function readListening(table: string): string {
  const chunk = Buffer.alloc(16_384);
  let text = "";
  try {
    const file = openSync(table, "r");
    try {
      for (;;) {
        const length = readSync(file, chunk);
        text += chunk.toString("latin1", 0, length);
        if (length === 0 || /^ *\d+: \S+ \S+ (?!0A)[\dA-F]{2} /m.test(text)) return text;
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return text;
  }
}

function socketsOf(pid: number, proc: string): ReadonlySet<string> {
  const directory = join(proc, String(pid), "fd");
  return new Set(
    names(directory).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(directory, fd)))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
}
