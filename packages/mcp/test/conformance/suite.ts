import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const folder = dirname(
  createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json"),
);

/** Names below `localhost` are this machine (RFC 6761), which not every resolver knows. */
const resolver = `import dns from "node:dns";
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest);`;

export interface Check {
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  readonly errorMessage?: string;
  readonly details?: unknown;
}

export interface SuiteRun {
  readonly output: string;
  /** By scenario. */
  readonly checks: ReadonlyMap<string, readonly Check[]>;
}

/**
 * Runs a command of the conformance suite to its end, whatever it finds.
 *
 * @param onOutput gets what it has printed so far, each time there is more.
 */
export async function runSuite(
  args: readonly string[],
  onOutput: (output: string) => void = () => undefined,
): Promise<SuiteRun> {
  const results = await mkdtemp(join(tmpdir(), "gatehouse-conformance-"));
  try {
    const child = spawn(
      process.execPath,
      [
        `--import=data:text/javascript,${encodeURIComponent(resolver)}`,
        join(folder, "dist/index.js"),
        ...args,
        ...(args[0] === "list" ? [] : ["--output-dir", results]),
      ],
      { stdio: ["ignore", "pipe", "pipe"], timeout: 100_000 },
    );
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        onOutput(output);
      });
    await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    const checks = new Map<string, readonly Check[]>();
    for (const run of await readdir(results)) {
      const [, scenario] =
        /^(?:authorization-server|server)-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(run) ?? [];
      if (scenario === undefined) throw new Error(`results of what? ${run}`);
      checks.set(scenario, JSON.parse(await readFile(join(results, run, "checks.json"), "utf8")));
    }
    return { output, checks };
  } finally {
    await rm(results, { recursive: true, force: true });
  }
}

/** What the checks of a scenario come to; a dash when there are none, because it was not run. */
export function verdictOf(
  checks: readonly Check[] = [],
): "pass" | "warning" | "fail" | "not judged" | "–" {
  const has = (status: Check["status"]) => checks.some((check) => check.status === status);
  if (has("FAILURE")) return "fail";
  if (has("WARNING")) return "warning";
  if (has("SUCCESS")) return "pass";
  return checks.length > 0 ? "not judged" : "–";
}

/** The names of all scenarios that the suite has. */
export async function listScenarios(): Promise<{
  readonly server: readonly string[];
  readonly client: readonly string[];
}> {
  const { output } = await runSuite(["list"]);
  const of = (heading: string): readonly string[] =>
    [...(output.split(`${heading}\n`)[1]?.split("\n\n")[0] ?? "").matchAll(/^ {2}- (\S+) /gm)].map(
      ([, name = ""]) => name,
    );
  return {
    server: of("Server scenarios (test against a server):"),
    client: of("Client scenarios (test against a client):"),
  };
}
