import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  createLook,
  listenersBeyondLoopback,
  strangersSockets,
  watchListeners,
  whyUnwatched,
} from "./listeners.ts";
import { temporaryTree } from "./temporary-tree.ts";

const head =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (address: string, state: string, inode: number): string =>
  `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;

/** A machine with a process 7, its child 8 called `a) b`, and a stranger 9; each has one socket, its inode ten times its id. */
async function machine(tcp: string, tcp6 = ""): Promise<string> {
  const proc = await temporaryTree({
    "net/tcp": head + tcp,
    "net/tcp6": head + tcp6,
    "7/stat": "7 (node) S 1 7 7 0",
    "7/cmdline": "node\0main.ts\0",
    "7/fd/.keep": "",
    "8/stat": "8 (a) b) S 7 7 7 0",
    "8/cmdline": "sst\0deploy\0",
    "8/fd/.keep": "",
    "9/stat": "9 (sshd) S 1 9 9 0",
    "9/cmdline": "sshd\0",
    "9/fd/.keep": "",
    "self/stat": "",
  });
  for (const pid of [7, 8, 9]) await symlink(`socket:[${pid}0]`, join(proc, `${pid}/fd/3`));
  return proc;
}

const everywhere: [where: string, address: string, table: "tcp" | "tcp6"][] = [
  ["0.0.0.0", "00000000:34F5", "tcp"],
  ["an address of the network", "0500A8C0:34F5", "tcp"],
  ["::", `${"0".repeat(32)}:34F5`, "tcp6"],
  ["an IPv6 address of the network", "000080FE00000000FF005450B6AD1DFE:34F5", "tcp6"],
  ["::ffff:192.168.0.5", "0000000000000000FFFF00000500A8C0:34F5", "tcp6"],
];

test.each(everywhere)("a child that listens on %s is found", async (_where, address, table) => {
  const own = line(address, "0A", 80);
  const proc = await (table === "tcp" ? machine(own) : machine("", own));
  expect(listenersBeyondLoopback(7, proc)).toEqual([
    { address, port: 13_557, pid: 8, command: "sst deploy" },
  ]);
  expect(listenersBeyondLoopback(9, proc)).toEqual([]);
});

const harmless: [what: string, address: string, state: string, inode: number][] = [
  ["listens on 127.0.0.1", "0100007F:34F5", "0A", 80],
  ["listens elsewhere on loopback", "0B00017F:34F5", "0A", 80],
  ["listens on ::1", "00000000000000000000000001000000:34F5", "0A", 80],
  ["listens on ::ffff:127.0.0.1", "0000000000000000FFFF00000100007F:34F5", "0A", 80],
  ["has connected to somewhere", "0500A8C0:34F5", "01", 80],
  ["is a stranger's", "00000000:0016", "0A", 90],
];

test.each(harmless)("what %s is not", async (_what, address, state, inode) => {
  const own = line(address, state, inode);
  expect(listenersBeyondLoopback(7, await machine(own, own))).toEqual([]);
});

test("sockets known as strangers' are left out, and every other one is a stranger's that no process has below the root", async () => {
  const both = line("00000000:34F5", "0A", 80) + line("00000000:0016", "0A", 90);
  const proc = await machine(both, line("0100007F:0016", "0A", 91));
  expect(strangersSockets(7, proc)).toEqual(new Set(["90"]));
  expect(strangersSockets(9, proc)).toEqual(new Set(["80"]));
  expect(listenersBeyondLoopback(7, proc, new Set(["90"]))).toHaveLength(1);
  expect(listenersBeyondLoopback(7, proc, new Set(["80"]))).toEqual([]);
});

test("a watch looks at IPv6 when the number of its sockets changes, every twentieth time, and where nobody counts them", async () => {
  const proc = await machine("");
  const count = (inuse: number) =>
    writeFile(join(proc, "net/sockstat6"), `TCP6: inuse ${inuse}\nUDP6: inuse 0\n`);
  const look = createLook(7, proc);
  const table = (of: string) => writeFile(join(proc, "net/tcp6"), head + of);
  const own = line(`${"0".repeat(32)}:34F5`, "0A", 80);
  await count(1);
  expect(look()).toEqual([]);
  await table(own);
  // It has taken the place of a socket that was counted before.
  const later = Array.from({ length: 20 }, () => look().length);
  expect(later).toEqual([...Array.from({ length: 19 }, () => 0), 1]);
  expect(look()).toEqual([]);
  await count(2);
  expect([look().length, look().length]).toEqual([1, 0]);
  await rm(join(proc, "net/sockstat6"));
  expect([look().length, look().length]).toEqual([1, 1]);
});

test("a watch looks at IPv4 each time", async () => {
  const proc = await machine("");
  await writeFile(join(proc, "net/sockstat6"), "TCP6: inuse 1\n");
  const look = createLook(7, proc);
  expect([look().length, look().length]).toEqual([0, 0]);
  await writeFile(join(proc, "net/tcp"), head + line("00000000:34F5", "0A", 80));
  expect(look()).toHaveLength(1);
});

test("a listener is found below hundreds of others, wherever a read of the table ends", async () => {
  const before = line("0100007F:0050", "0A", 91).repeat(300);
  const after = line("0100007F:0050", "01", 0).repeat(500);
  const own = line("00000000:34F5", "0A", 80);
  const proc = await machine("");
  for (let shift = 0; shift <= own.length; shift += 1) {
    const table = `${head}${" ".repeat(shift)}${before}${own}${after}`;
    await writeFile(join(proc, "net/tcp"), table);
    expect(listenersBeyondLoopback(7, proc)).toMatchObject([{ pid: 8 }]);
  }
});

test("a watch on this process finds nothing, and ends", async ({ skip }) => {
  skip(whyUnwatched !== undefined, whyUnwatched);
  const watch = await watchListeners(process.pid);
  expect(await watch.stop()).toEqual([]);
});
