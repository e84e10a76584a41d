import { runCommand } from "./run-command.ts";

// The reader of the output has gone: there is nobody left to tell.
process.stdout.on("error", () => process.exit(1));
// What was printed is flushed: the process ends by itself when nothing is left to do.
process.exitCode = await runCommand(process.argv.slice(2), process);
