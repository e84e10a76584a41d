import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { unzip } from "./unzip.ts";

interface Entry {
  readonly name: string;
  readonly content: string;
  /** 8: deflated; 0: stored. */
  readonly method: number;
}

/** A zip file as `archiver` writes it: streamed, the sizes only in the directory. */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method } of entries) {
    const data = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04_03_4b_50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02_01_4b_50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, Buffer.from(name), data);
    directory.push(entry, Buffer.from(name));
    offset += local.length + Buffer.byteLength(name) + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

async function zipFile(content: Buffer): Promise<string> {
  const file = join(await temporaryTree(), "code.zip");
  await writeFile(file, content);
  return file;
}

test("unpacks files, packed or not, into their directories", async () => {
  const file = await zipFile(
    zip([
      { name: "bundle.mjs", content: "export {};".repeat(100), method: 8 },
      { name: "assets/", content: "", method: 0 },
      { name: "assets/ä.txt", content: "stored", method: 0 },
    ]),
  );
  const to = join(await temporaryTree(), "code");
  await unzip(file, to);
  expect((await readdir(to)).toSorted()).toEqual(["assets", "bundle.mjs"]);
  expect(await readFile(join(to, "bundle.mjs"), "utf8")).toBe("export {};".repeat(100));
  expect(await readFile(join(to, "assets/ä.txt"), "utf8")).toBe("stored");
});

const refused: [what: string, content: Buffer, message: string][] = [
  ["a path out of it", zip([{ name: "a/../../b", content: "", method: 0 }]), "leads out of it"],
  ["an absolute path", zip([{ name: "/b", content: "", method: 0 }]), "leads out of it"],
  ["another way of packing", zip([{ name: "b", content: "", method: 12 }]), "method 12"],
  ["a file that is not a zip file", Buffer.from("text"), "no zip file"],
];

test.each(refused)("refuses %s", async (_what, content, message) => {
  const to = await temporaryTree();
  await expect(unzip(await zipFile(content), to)).rejects.toThrow(message);
  expect(await readdir(to)).toEqual([]);
});
