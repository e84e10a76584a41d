import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What a run of the suite leaves behind, for the search for secrets that follows it. */
const directory =
  process.env["GATEHOUSE_ACCEPTANCE_DIR"] ?? join(import.meta.dirname, "../.cache/acceptance");

export const targetFile = join(directory, "target.json");
/** Everything the stack printed on the terminal. */
export const terminalFile = join(directory, "terminal.log");
/** Every answer a test received, one JSON line each. */
export const answersFile = join(directory, "answers.ndjson");

export function startRecording(): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}

export interface RecordedAnswer {
  readonly request: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** As Latin-1, so that bytes survive. */
  readonly body: string;
  /** Answers that are allowed to hold a token: SECURITY lists them. */
  readonly mayHoldTokens: boolean;
}

export function record(answer: RecordedAnswer): void {
  appendFileSync(answersFile, `${JSON.stringify(answer)}\n`);
}
