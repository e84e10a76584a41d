import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface LogPlaces {
  /** What was `TMPDIR` to the CLI: it logs there until it has read the config. */
  readonly temporary: string;
  /** The project: it logs in `.sst/log` afterwards. */
  readonly root: string;
}

/** What the SST CLI has logged; empty when it has not. */
export async function readLogs({ temporary, root }: LogPlaces): Promise<string> {
  const files = await Promise.all(
    [temporary, join(root, ".sst/log")].map(async (directory) => {
      const names = await readdir(directory).catch(() => []); // it was not made
      return names.filter((name) => name.endsWith(".log")).map((name) => join(directory, name));
    }),
  );
  return (await Promise.all(files.flat().map((file) => readFile(file, "utf8")))).join("");
}

/** The error that ended the CLI, which often is in its log alone: of an uncaught error in Node, the message. */
export function errorIn(log: string): string | undefined {
  const [, quoted, bare] =
    /msg="exited with error" err=(?:("(?:[^"\\]|\\.)*")|(\S+))/.exec(log) ?? [];
  if (quoted === undefined) return bare;
  const text = unquoted(quoted);
  const [, message] = /^\w*Error(?: \[\w+\])?: ([^]*?)\n {4}at /m.exec(text) ?? [];
  return message ?? text.trim();
}

/** A text as Go quotes it. */
function unquoted(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replaceAll(
      /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g,
      (_all, byte?: string, short?: string, long?: string, letter = "") =>
        letter === ""
          ? String.fromCodePoint(Number.parseInt(byte ?? short ?? long ?? "20", 16))
          : (escapes[letter] ?? letter),
    );
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
