import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { installPlatform } from "./platform.ts";

const native = `node_modules/sst-${process.platform}-${process.arch}`;

/** Puts down what `sst install` would, the platform beginning with its version. */
const installing = [
  "#!/bin/sh",
  'echo "$*" >> "$TMPDIR/../calls"',
  "mkdir -p .sst/platform/node_modules/@pulumi/aws .sst/platform/node_modules/archiver",
  "cd .sst",
  "printf 3.19.3 > platform/version",
  `echo '{"dependencies":{"@pulumi/aws":"6.83.4","archiver":"6"}}' > platform/package.json`,
  `echo '{"version":"6.83.4"}' > platform/node_modules/@pulumi/aws/package.json`,
  `echo '{"version":"6.0.1"}' > platform/node_modules/archiver/package.json`,
  `echo '[{"name":"aws","version":"6.83.4"}]' > provider-lock.json`,
].join("\n");

function project(sst = installing): Promise<string> {
  return temporaryTree({
    "sst.config.ts": 'aws: { version: "6.83.4" }',
    "node_modules/sst/package.json": '{"version":"3.19.3"}',
    [`${native}/package.json`]: '{"version":"3.19.3"}',
    [`${native}/bin/sst`]: sst,
  });
}

async function install(root: string): Promise<string[]> {
  const printed: string[] = [];
  await installPlatform(root, (line) => printed.push(line));
  return printed;
}

const says =
  "Installing SST 3.19.3's platform with AWS provider 6.83.4 (300 MB, about a minute, once) …";

test("installs the platform when it is missing, says why that takes so long, and cleans up", async () => {
  const root = await project();
  expect(await install(root)).toEqual([says]);
  expect(await readFile(join(root, ".cache/calls"), "utf8")).toBe("install --stage install\n");
  expect((await readdir(join(root, ".sst"))).toSorted()).toEqual([
    "platform",
    "provider-lock.json",
  ]);
  expect(await readdir(join(root, ".cache"))).toEqual(["calls"]);
});

test("gives the platform, and does nothing, when it is there", async () => {
  const root = await project();
  await install(root);
  const print = vi.fn<(line: string) => void>();
  expect(await installPlatform(root, print)).toEqual({
    version: "3.19.3",
    awsVersion: "6.83.4",
    command: join(root, native, "bin/sst"),
    directory: join(root, ".sst/platform"),
    providerLock: join(root, ".sst/provider-lock.json"),
  });
  expect(print).not.toHaveBeenCalled();
});

test("installs it once for two that want it at the same time", async () => {
  const root = await project();
  const printed = await Promise.all([install(root), install(root)]);
  expect(printed.flat().toSorted()).toEqual([
    says,
    "Waiting for another process that is installing SST's platform …",
  ]);
  expect(await readFile(join(root, ".cache/calls"), "utf8")).toBe("install --stage install\n");
});

describe("installs it again when", () => {
  const spoilt: [what: string, spoil: (root: string) => Promise<void>][] = [
    ["it is of another SST", (root) => writeFile(join(root, ".sst/platform/version"), "3.19.2")],
    [
      "the lock names another version of the provider",
      (root) =>
        writeFile(join(root, ".sst/provider-lock.json"), '[{"name":"aws","version":"6.66.2"}]'),
    ],
    [
      "the lock names no AWS provider",
      (root) => writeFile(join(root, ".sst/provider-lock.json"), "[]"),
    ],
    [
      "the provider itself is of another version",
      (root) =>
        writeFile(
          join(root, ".sst/platform/node_modules/@pulumi/aws/package.json"),
          '{"version":"6.66.2"}',
        ),
    ],
    [
      "an installation in place was interrupted",
      (root) => rm(join(root, ".sst/platform/node_modules/archiver"), { recursive: true }),
    ],
    ["a file is half written", (root) => writeFile(join(root, ".sst/provider-lock.json"), "[{")],
  ];

  test.each(spoilt)("%s", async (_what, spoil) => {
    const root = await project();
    await install(root);
    await writeFile(join(root, ".sst/platform/old"), "");
    await spoil(root);
    expect(await install(root)).toEqual([says]);
    expect(await install(root)).toEqual([]);
    expect(existsSync(join(root, ".sst/platform/old"))).toBe(false);
  });
});

test("leaves what is there alone when the installation fails, and says what SST printed", async () => {
  const root = await project("#!/bin/sh\nmkdir -p .sst/platform\necho no network\nexit 1\n");
  await expect(install(root)).rejects.toThrow("SST's platform could not be installed: no network");
  expect(existsSync(join(root, ".sst"))).toBe(false);
  expect(await readdir(join(root, ".cache"))).toEqual([]);
});

test("says what SST has only logged", async () => {
  const log = String.raw`msg="exited with error" err="failed to run bun install npm error\n code E401"`;
  const root = await project(`#!/bin/sh\nprintf '%s\\n' '${log}' > "$TMPDIR/sst-1.log"\nexit 1\n`);
  await expect(install(root)).rejects.toThrow(
    "could not be installed: failed to run bun install npm error\n code E401",
  );
});

test("says so when what was installed is something else", async () => {
  const root = await project(installing.replaceAll("6.83.4", "6.66.2"));
  await expect(install(root)).rejects.toThrow("is not what sst.config.ts asks for");
});

test("finds SST above the app, where a monorepo has it installed", async () => {
  const root = await project();
  await mkdir(join(root, "apps/api"), { recursive: true });
  await rename(join(root, "sst.config.ts"), join(root, "apps/api/sst.config.ts"));
  expect(await install(join(root, "apps/api"))).toEqual([says]);
  expect(await readdir(join(root, "apps/api"))).toContain(".sst");
});

const without: [what: string, files: Record<string, string>][] = [
  ["SST is not installed", {}],
  [
    "SST is not installed for this machine",
    { "node_modules/sst/package.json": '{"version":"0.0.1"}' },
  ],
  [
    "its program is of another version",
    {
      "node_modules/sst/package.json": '{"version":"3.19.3"}',
      [`${native}/package.json`]: '{"version":"3.19.2"}',
    },
  ],
];

test.each(without)("says what to do where %s", async (_what, files) => {
  const root = await temporaryTree({ "sst.config.ts": 'aws: { version: "6.83.4" }', ...files });
  await expect(installPlatform(root)).rejects.toThrow("npm install sst");
});

test.each(["2.48.0", "3.9.9", "3.18.27"])(
  "SST %s is too old, and says which is not",
  async (version) => {
    const root = await temporaryTree({
      "sst.config.ts": "",
      "node_modules/sst/package.json": JSON.stringify({ version }),
      [`${native}/package.json`]: JSON.stringify({ version }),
    });
    await expect(installPlatform(root)).rejects.toThrow(
      `SST ${version} is installed, and Gatehouse needs 3.19 or newer: npm install sst@^3.19.0`,
    );
  },
);
