import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Secret } from "./leaks.ts";

/** Names the folder that this run records in. The suite's set-up sets it where nobody else has. */
const variable = "GATEHOUSE_ACCEPTANCE_DIR";

/** What a run of the suite talks to and what it saw, for the search for secrets. */
export interface Recordings {
  readonly targetFile: string;
  /** Everything the stack printed on the terminal. There is no file until something was printed. */
  readonly terminalFile: string;
  /** Every secret of the stack. There is none of a chain that was started elsewhere. */
  readonly secretsFile: string;
  /** Every answer a test received, one JSON line each. */
  readonly answersFile: string;
}

/** Begins a run, in an empty folder. */
export function startRecording(): Recordings {
  const directory = (process.env[variable] ??= join(import.meta.dirname, "../.cache/acceptance"));
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  return recordingsIn(directory);
}

/** Those of the suite in this very run; `undefined` where the suite is not part of it. */
export function findRecordings(): Recordings | undefined {
  const directory = process.env[variable];
  return directory === undefined ? undefined : recordingsIn(directory);
}

/** For another run of the suite. */
export function recordingInto(directory: string): {
  readonly environment: Readonly<Record<string, string>>;
  readonly recordings: Recordings;
} {
  return { environment: { [variable]: directory }, recordings: recordingsIn(directory) };
}

function recordingsIn(directory: string): Recordings {
  return {
    targetFile: join(directory, "target.json"),
    terminalFile: join(directory, "terminal.log"),
    secretsFile: join(directory, "secrets.json"),
    answersFile: join(directory, "answers.ndjson"),
  };
}

export interface RecordedAnswer {
  readonly request: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  /** As Latin-1, so that bytes survive. */
  readonly body: string;
  /** Answers that may hold a token: those of the sign-in itself. */
  readonly mayHoldTokens: boolean;
}

/** Keeps an answer where the suite is part of the run; a test with its own stack, run alone, keeps nothing. */
export function record(answer: RecordedAnswer): void {
  const recordings = findRecordings();
  if (recordings !== undefined)
    appendFileSync(recordings.answersFile, `${JSON.stringify(answer)}\n`);
}

export function readAnswers({ answersFile }: Recordings): readonly RecordedAnswer[] {
  const lines = existsSync(answersFile) ? readFileSync(answersFile, "utf8").trim().split("\n") : [];
  return lines.map((line) => JSON.parse(line));
}

/** None of a chain that was started elsewhere. */
export function readSecrets(recordings: Recordings | undefined): readonly Secret[] {
  return recordings !== undefined && existsSync(recordings.secretsFile)
    ? JSON.parse(readFileSync(recordings.secretsFile, "utf8"))
    : [];
}

export function readTerminal({ terminalFile }: Recordings): string {
  return existsSync(terminalFile) ? readFileSync(terminalFile, "utf8") : "";
}
