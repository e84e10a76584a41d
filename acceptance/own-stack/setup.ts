import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const variable = "GATEHOUSE_OWN_STACKS_DIR";

/** For what is built once; it is removed when the run is over. */
export function folderOfRun(): string | undefined {
  return process.env[variable];
}

export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-own-stacks-"));
  process.env[variable] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}
