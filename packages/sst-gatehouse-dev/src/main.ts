#!/usr/bin/env node
import { oldNode } from "./old-node.ts";
import { runCommand } from "./run-command.ts";

// The reader of the output has gone: stop instead of running unseen.
process.stdout.on("error", () => process.exit(1));
// What was printed is flushed: the process ends by itself when nothing is left to do.
const old = oldNode(process.versions.node);
if (old === undefined) process.exitCode = await runCommand(process.argv.slice(2), process);
else {
  process.stderr.write(`${old}\n`);
  process.exitCode = 1;
}
