import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildEdge } from "@sst-gatehouse/edge/build";
import { writeAccess, writeSealing } from "@sst-gatehouse/edge/build/guard-data";
import { access } from "@sst-gatehouse/edge/test/access";
import { runCold } from "./cold/run-cold.ts";
import { runMemory } from "./memory/run-memory.ts";
import { measureEndToEnd } from "./end-to-end.ts";
import { measureFuzzedEvents } from "./fuzzed-events.ts";
import { buildPeers } from "./peers/build-peers.ts";
import { parseOptions, usage, type BenchOptions } from "./options.ts";
import { rowsOf, type Measurements } from "./rows.ts";
import { printTable, thisMachine, verdictOf } from "./table.ts";
import { runWarm } from "./warm/run-warm.ts";

const fuzzedEvents = 20_000;

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") console.log(usage);
  else await bench(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function bench(options: BenchOptions): Promise<void> {
  const rows = rowsOf(await measure(options));
  const date = new Date().toISOString().slice(0, 10);
  const machine = thisMachine();
  const judged = rows.map((row) => ({ ...row, verdict: verdictOf(row) }));
  const table = printTable(rows, date, machine);
  console.log(options.json ? JSON.stringify({ date, machine, rows: judged }) : table);
  if (options.write) await writeTable(table);
}

/** Puts the table between its marks on the page. */
async function writeTable(table: string): Promise<void> {
  const page = new URL("../docs/performance.md", import.meta.url);
  const marks = /(?<=<!-- pnpm bench --write -->\n).*(?=<!-- end -->)/s;
  await writeFile(
    page,
    (await readFile(page, "utf8")).replace(marks, () => `\n${table}\n\n`),
  );
}

async function measure({
  warmProcesses,
  warmRounds,
  coldRounds,
  farRounds,
  memoryRequests,
}: BenchOptions): Promise<Measurements> {
  const scratch = await mkdtemp(join(tmpdir(), "gatehouse-bench-"));
  try {
    const built = join(scratch, "built");
    const { files } = await buildEdge(built);
    await writeAccess(built, access);
    await buildPeers(join(built, "peers"));
    await writeSealing(built, { keys: [randomBytes(32).toString("base64")] });
    const common = { built, scratch, onProgress };
    return {
      built: files,
      warm: await runWarm({ ...common, processes: warmProcesses, rounds: warmRounds }),
      cold: await runCold({ ...common, rounds: coldRounds, farRounds }),
      endToEnd: await measureEndToEnd(warmRounds),
      fuzzedEventMicroseconds: await measureFuzzedEvents(fuzzedEvents),
      memory: {
        requests: memoryRequests,
        grownBytes: await runMemory({ ...common, requests: memoryRequests }),
      },
    };
  } finally {
    onProgress("");
    await rm(scratch, { recursive: true, force: true });
  }
}

/** One line that is written over; nothing where nobody watches. */
function onProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
