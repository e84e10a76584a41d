import { spawnSync } from "node:child_process";

/** SIOCSIFFLAGS, and IFF_UP among the flags, for a machine that has neither `ip` nor `ifconfig`. */
const byHand = `perl -e 'my $s; my $lo = pack("a16 s x14", "lo", 1); socket($s, 2, 2, 0) && ioctl($s, 0x8914, $lo) or exit 1'`;
const loopbackUp = `ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || ${byHand}`;

/**
 * The command that runs another one in an isolated network: there is a loopback interface, and nothing that leads in or
 * out. Its process is the one that is started; only its network, and what it takes its user for, differ.
 */
export function inOwnNetwork(command: readonly string[]): readonly [string, ...string[]] {
  return ["unshare", "-rn", "sh", "-c", `{ ${loopbackUp}; } && exec "$@"`, "sh", ...command];
}

/** @throws {Error} that says what to do, where SST's CLI would be left open to everybody. */
export function requireOwnNetwork(): void {
  const why = whyNoOwnNetwork();
  if (why === undefined) return;
  throw new Error(
    `SST's CLI would let anybody who can reach this machine run commands on it, so it was not started: ${why}.`,
  );
}

/** Why this machine cannot run a command in an isolated network, and what to do about it; undefined where it can. */
export function whyNoOwnNetwork(): string | undefined {
  if (process.platform !== "linux") return "only Linux can give a process an isolated network";
  const [command, ...args] = inOwnNetwork(["true"]);
  const { status, error, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return undefined;
  const said = error?.message ?? stderr.trim();
  return `this kernel does not give a process an isolated network (${said}): allow unprivileged user namespaces, or run as root`;
}
