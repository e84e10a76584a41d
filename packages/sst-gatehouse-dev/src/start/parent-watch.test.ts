import { expect, test } from "vitest";

import { launchersOf, type ProcessEntry } from "./parent-watch.ts";

/** From the top down; each is the parent of the next, and the last one started us. */
function chain(...commands: (readonly string[])[]): readonly number[] {
  const table = new Map<number, ProcessEntry>();
  commands.forEach((command, index) => table.set(100 + index, { parent: 99 + index, command }));
  return launchersOf(99 + commands.length, (pid) => table.get(pid));
}

const terminal = ["-bash"];
const npx = ["npm exec pnpm@10 --silent start --json"];
const npmShell = ["sh", "-c", "'pnpm' --silent start --json"];
const shim = [
  "/bin/sh",
  "/app/node_modules/.bin/node",
  "/home/x/_npx/1/node_modules/.bin/pnpm",
  "start",
];
const pnpm = [
  "/app/node_modules/.bin/../node/bin/node",
  "/home/x/_npx/1/node_modules/.bin/pnpm",
  "start",
];
const pnpmShell = ["sh", "-c", "node packages/sst-gatehouse-dev/src/main.ts start --json"];
const nodeShim = ["/bin/sh", "/app/node_modules/.bin/node", "packages/local/src/main.ts", "--json"];

test("npx, pnpm and all the shells between them exist to run the stack", () => {
  expect(chain(terminal, npx, npmShell, shim, pnpm, pnpmShell, nodeShim)).toEqual([
    106, 105, 104, 103, 102, 101,
  ]);
});

test("a script that starts the command may end before the stack", () => {
  const script = ["bash", "-c", "npx --yes pnpm@10 start --json > out.json & echo started"];
  expect(chain(terminal, script, npx, npmShell, pnpm)).toEqual([104, 103, 102]);
});

test.each([
  ["a terminal", terminal],
  ["a program of its own", ["python3", "run-tests.py"]],
  ["node with another script", ["node", "/app/scripts/serve-npm.js"]],
  ["a shell with another script", ["/bin/sh", "/app/scripts/start.sh"]],
])("%s is nobody's launcher", (_what, command) => {
  expect(chain(terminal, command)).toEqual([]);
});

test("npm in a folder with spaces, and pnpm by its own name, count too", () => {
  expect(chain(["/opt/my tools/npm", "run", "start"])).toEqual([100]);
  expect(chain(["/usr/local/bin/pnpm", "start"])).toEqual([100]);
  expect(chain(["node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "run", "start"])).toEqual([
    100,
  ]);
});
