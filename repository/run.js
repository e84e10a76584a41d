// Runs a command of this repository. Plain JavaScript, so that a Node too old for TypeScript can say so.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [node, , file, ...args] = process.argv;
if (process.features.typescript) {
  process.argv = [node, resolve(file), ...args];
  await import(pathToFileURL(process.argv[1]).href);
} else {
  const command = process.env.npm_lifecycle_event ?? "<command>";
  console.error(
    `Node ${process.versions.node} cannot run TypeScript. Run this with the project's own Node: npx --yes pnpm@10.34.9 ${command}`,
  );
  process.exitCode = 1;
}
