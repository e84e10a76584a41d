import { delimiter, join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { installSst } from "./install-sst.ts";

const native = `node_modules/sst-${process.platform}-${process.arch}`;

/** Puts a script in the place of npm. */
async function npm(...lines: readonly string[]): Promise<void> {
  const bin = await temporaryTree({ npm: `#!/bin/sh\n${lines.join("\n")}\n` });
  vi.stubEnv("PATH", [bin, "/usr/bin", "/bin"].join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
}

async function install(directory: string): Promise<{ cli: unknown; printed: string[] }> {
  const printed: string[] = [];
  const cli = await installSst(directory, "4.17.1", (line) => printed.push(line));
  return { cli, printed };
}

test("installs SST into a separate directory, and only once", async () => {
  await npm(
    "test -f package.json || exit 1",
    `test "$*" = "install --no-save --no-audit --no-fund sst@4.17.1" || exit 2`,
    `mkdir -p node_modules/sst ${native}`,
    `echo '{"version":"4.17.1"}' > node_modules/sst/package.json`,
    `echo '{"version":"4.17.1"}' > ${native}/package.json`,
  );
  const directory = join(await temporaryTree(), "sst4");
  const cli = { version: "4.17.1", command: join(directory, native, "bin/sst") };
  expect(await install(directory)).toEqual({ cli, printed: ["Installing SST 4.17.1 …"] });
  expect(await install(directory)).toEqual({ cli, printed: [] });
});

const spoilt: [what: string, files: Record<string, string>][] = [
  [
    "another version",
    {
      "node_modules/sst/package.json": '{"version":"4.17.0"}',
      [`${native}/package.json`]: '{"version":"4.17.0"}',
    },
  ],
  ["half of it", { "node_modules/sst/package.json": '{"version":"4.17.1"}' }],
];

test.each(spoilt)("installs it again over %s", async (_what, files) => {
  await npm("echo no network", "exit 1");
  await expect(install(await temporaryTree(files))).rejects.toThrow(
    "SST 4.17.1 could not be installed:\nno network",
  );
});
