import { symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { recordValue, withoutMarks } from "./recorded-value.ts";

const key = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [key]: "1b47061264138c4ac30d75fd1eb44270", value });
const asset = (content: object) => ({ [key]: "c44067f5952c0a294b673a41bacd8c17", ...content });
const archive = (content: object) => ({ [key]: "0def7320c3a5731c473e5ecbe6d01bc7", ...content });

/** SHA-256 of `a` and of `bb`. */
const a = { sha256: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", bytes: 1 };
const bb = { sha256: "3b64db95cb55c763391c707108489ae18b4112d783300de38e033b4c98c3deaf", bytes: 2 };

const plain: [what: string, value: unknown, recorded: unknown][] = [
  ["numbers, texts and lists", [1, "x", true, null], [1, "x", true, null]],
  ["an object without what is not set", { b: 1, a: null }, { b: 1 }],
  ["a secret", secret({ a: secret("x") }), { "<secret>": { a: { "<secret>": "x" } } }],
  ["what is not known yet", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"], ["<unknown>"]],
  [
    "another resource",
    { [key]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn", id: "id" },
    { "<resource>": "id" },
  ],
  ["a path of this machine", "see /project/a and /project/b", "see a and b"],
  ["a path where the project was copied from", "/original/a", "a"],
  ["the project's own path", "/project", "."],
  ["a path next to the project", "/project-2/a", "/project-2/a"],
];

test.each(plain)("records %s", async (_what, value, recorded) => {
  expect(await recordValue(value, ["/project", "/original"])).toEqual({
    value: recorded,
    files: [],
  });
});

test("records members in the order of their names", async () => {
  const { value } = await recordValue({ b: { d: 1, c: 1 }, a: 1 }, ["/project"]);
  expect(JSON.stringify(value)).toBe('{"a":1,"b":{"c":1,"d":1}}');
});

test("opens secrets for AWS", () => {
  expect(withoutMarks({ list: [secret({ a: secret("x") })] })).toEqual({ list: [{ a: "x" }] });
});

test("records a directory by the content of its files, and says where it is", async () => {
  const root = await temporaryTree({ "code/z.js": "a", "code/lib/b.js": "bb" });
  const { value, files } = await recordValue(archive({ path: "code" }), [root]);
  expect(JSON.stringify(value)).toBe(JSON.stringify({ archive: { "lib/b.js": bb, "z.js": a } }));
  expect(files).toEqual([join(root, "code")]);
});

test("follows a link to a file, as the upload does", async () => {
  const root = await temporaryTree({ "real.js": "a", "code/b.js": "bb" });
  await symlink(join(root, "real.js"), join(root, "code/linked.js"));
  const { value } = await recordValue(archive({ path: "code" }), [root]);
  expect(value).toEqual({ archive: { "b.js": bb, "linked.js": a } });
});

test("records an archive file as one file, under its name", async () => {
  const root = await temporaryTree({ "out/code.zip": "bb" });
  const file = join(root, "out/code.zip");
  expect(await recordValue({ code: archive({ path: file }) }, [root])).toEqual({
    value: { code: { archive: { "code.zip": bb } } },
    files: [file],
  });
});

test("records an archive made of assets and archives, in the order of its paths", async () => {
  const root = await temporaryTree({ "one.js": "a", "lib/two.js": "bb" });
  const assets = {
    z: asset({ text: "a" }),
    "index.js": asset({ path: "one.js" }),
    deep: archive({ path: "lib" }),
  };
  const { value, files } = await recordValue(archive({ assets }), [root]);
  expect(JSON.stringify(value)).toBe(
    JSON.stringify({ archive: { "deep/two.js": bb, "index.js": a, z: a } }),
  );
  expect(files.toSorted()).toEqual([join(root, "lib"), join(root, "one.js")]);
});

test("records an asset by its content", async () => {
  const root = await temporaryTree({ "one.js": "a" });
  const { value } = await recordValue([asset({ path: "one.js" }), asset({ text: "bb" })], [root]);
  expect(value).toEqual([{ asset: a }, { asset: bb }]);
});

const refused: [what: string, value: unknown, message: string][] = [
  ["a mark of Pulumi's that is new", { [key]: "x" }, "in an unknown way: x"],
  ["an asset from another machine", asset({ uri: "https://example.com" }), "cannot be recorded"],
  ["an archive that holds something else", archive({ assets: { a: 1 } }), "a in an archive"],
];

test.each(refused)("refuses %s", async (_what, value, message) => {
  await expect(recordValue(value, ["/project"])).rejects.toThrow(message);
});

test("records the text of the guard's settings and access rules, and of nothing else", async () => {
  const files = {
    "code/settings.json": "bb",
    "code/access.json": "bb",
    "code/lib/settings.json": "a",
    "code/b.json": "a",
  };
  const root = await temporaryTree(files);
  const { value } = await recordValue(archive({ path: "code" }), [root]);
  expect(value).toEqual({
    archive: {
      "settings.json": { ...bb, text: "bb" },
      "access.json": { ...bb, text: "bb" },
      "lib/settings.json": a,
      "b.json": a,
    },
  });
});

test.each([
  [32_768, true],
  [32_769, false],
])("settings of %i bytes are recorded: %s", async (bytes, recorded) => {
  const root = await temporaryTree({ "code/settings.json": "x".repeat(bytes) });
  const { value } = await recordValue(archive({ path: "code" }), [root]);
  expect(JSON.stringify(value).includes('"text"')).toBe(recorded);
});
