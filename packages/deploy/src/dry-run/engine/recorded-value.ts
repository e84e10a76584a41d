import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import { type Digest, digestOf, digestsOf, digestOfText } from "./file-digests.ts";
import { withRelativePaths } from "./relative-paths.ts";

/** How Pulumi's protocol marks what JSON has no form for. */
const markKey = "4dabf18193072939515e22adb298388d";
const marks = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
};
/** The files whose text is recorded: whom the guard believes and whom it lets in, which rules have to read. */
const guardData = ["settings.json", "access.json"];
/** The file of which nothing is recorded but that it is there. */
const secretFile = "sealing.json";
const maxDataBytes = 32_768;
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Recorded {
  /** Plain JSON, without paths of this machine. */
  readonly value: unknown;
  /** Where the files of the assets and archives in it are. */
  readonly files: readonly string[];
}

/**
 * A value of Pulumi's protocol as the graph shows it: secrets as `{"<secret>": …}`, assets and archives by what is in
 * their files, paths relative to the project.
 *
 * @param roots directories that count as the project's; relative paths begin at the first.
 */
export async function recordValue(
  value: unknown,
  roots: readonly [string, ...string[]],
): Promise<Recorded> {
  const files: string[] = [];
  return { value: await record(value, { roots, files }), files };
}

/** The same value for the eyes of AWS: secrets opened. */
export function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isRecord(value)) return value;
  if (value[markKey] === marks.secret) return withoutMarks(value["value"]);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutMarks(member)]),
  );
}

interface Recording {
  readonly roots: readonly [string, ...string[]];
  readonly files: string[];
}

async function record(value: unknown, recording: Recording): Promise<unknown> {
  if (value === unknownMark) return "<unknown>";
  if (typeof value === "string") return withRelativePaths(value, recording.roots);
  if (Array.isArray(value)) return Promise.all(value.map((item) => record(item, recording)));
  if (!isRecord(value)) return value;
  switch (value[markKey]) {
    case undefined:
      return recordMembers(value, recording);
    case marks.secret:
      return { "<secret>": await record(value["value"], recording) };
    case marks.resource:
      return { "<resource>": value["id"] ?? value["urn"] };
    case marks.asset:
      return { asset: await recordAsset(value, recording) };
    case marks.archive:
      return { archive: Object.fromEntries(await recordArchive(value, recording)) };
    default:
      throw new TypeError(`Pulumi marks a value in an unknown way: ${String(value[markKey])}`);
  }
}

async function recordMembers(
  value: Readonly<Record<string, unknown>>,
  recording: Recording,
): Promise<Record<string, unknown>> {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    await Promise.all(
      members.map(async ([key, member]) => [key, await record(member, recording)] as const),
    ),
  );
}

async function recordAsset(
  { path, text }: Readonly<Record<string, unknown>>,
  recording: Recording,
): Promise<unknown> {
  if (typeof text === "string") return digestOfText(text);
  return digestOf(fileOf(path, recording));
}

/** One entry per file: the files of a directory by their path in it, or the archive file itself. */
async function recordArchive(
  { path, assets }: Readonly<Record<string, unknown>>,
  recording: Recording,
): Promise<(readonly [file: string, digest: unknown])[]> {
  if (!isRecord(assets)) {
    return withSettings(fileOf(path, recording));
  }
  const entries = await Promise.all(
    Object.entries(assets).map(async ([name, asset]) => {
      if (!isRecord(asset)) throw new TypeError(`${name} in an archive is not an asset`);
      if (asset[markKey] !== marks.archive)
        return [[name, await recordAsset(asset, recording)] as const];
      const inner = await recordArchive(asset, recording);
      return inner.map(([file, digest]) => [`${name}/${file}`, digest] as const);
    }),
  );
  return entries.flat().toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function withSettings(
  directory: string,
): Promise<(readonly [file: string, digest: Digest & { readonly text?: string }])[]> {
  const digests = await digestsOf(directory);
  return Promise.all(
    digests.map(async ([file, digest]) => {
      if (file === secretFile) return [file, { ...digest, sha256: "[secret]" }] as const;
      if (!guardData.includes(file) || digest.bytes > maxDataBytes) return [file, digest] as const;
      return [file, { ...digest, text: await readFile(join(directory, file), "utf8") }] as const;
    }),
  );
}

function fileOf(path: unknown, { roots: [root], files }: Recording): string {
  if (typeof path !== "string")
    throw new TypeError("an asset that is not on this machine cannot be recorded");
  const file = resolve(root, path);
  files.push(file);
  return file;
}
