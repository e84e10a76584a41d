import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inflateRawSync } from "node:zlib";

const endOfDirectory = 0x06_05_4b_50;
const directoryEntry = 0x02_01_4b_50;
const stored = 0;
const deflated = 8;

/**
 * Unpacks a zip file, as Lambda unpacks a function's code.
 *
 * @param to made if missing.
 * @throws {Error} (rejects) for a file that is not a zip file, or holds a path that leads out of it.
 */
export async function unzip(file: string, to: string): Promise<void> {
  const zip = await readFile(file);
  for (const { name, bytes } of entriesOf(zip)) {
    if (name.startsWith("/") || name.split("/").includes("..") || name.includes("\\"))
      throw new Error(`${file} holds a path that leads out of it: ${JSON.stringify(name)}`);
    if (name.endsWith("/")) continue;
    await mkdir(dirname(join(to, name)), { recursive: true });
    await writeFile(join(to, name), bytes);
  }
}

/** By the directory at its end: a file's own header may leave the sizes out. */
function* entriesOf(zip: Buffer): Generator<{ readonly name: string; readonly bytes: Buffer }> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end === -1 || zip.readUInt32LE(end) !== endOfDirectory) throw new Error("no zip file");
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== directoryEntry)
      throw new Error("the zip file's directory is broken");
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const header = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const data = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    yield { name, bytes: unpacked(zip.subarray(data, data + size), method) };
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

function unpacked(bytes: Buffer, method: number): Buffer {
  if (method === stored) return bytes;
  if (method === deflated) return inflateRawSync(bytes);
  throw new Error(`a zip file uses method ${method}`);
}
