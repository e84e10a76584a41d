import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runRecorded } from "../support/child-run.ts";
import { createLeakFinder, type Secret } from "../support/leaks.ts";
import {
  findRecordings,
  readAnswers,
  readSecrets,
  readTerminal,
  recordingInto,
  type RecordedAnswer,
  type Recordings,
} from "../support/recordings.ts";
import type { Target } from "../support/target.ts";

/** What runs when this file is asked for alone: refusals of every kind, and a terminal that explains them. */
const ownRun = ["access", "tokens", "function-url", "terminal"];

// A chain that was started elsewhere has no terminal to search.
describe.skipIf(process.env["GATEHOUSE_TARGET"] !== undefined)("after the acceptance run", () => {
  let target: Target;
  let secrets: readonly Secret[];
  /** What a text gives away; the text itself stays out of the test's own output. */
  let leaksIn: (text: string) => readonly string[];
  let lines: readonly string[];
  let answers: readonly RecordedAnswer[];
  let directory: string | undefined;
  beforeAll(async () => {
    const recordings = findRecordings() ?? (await recordOwnRun());
    target = JSON.parse(readFileSync(recordings.targetFile, "utf8"));
    secrets = readSecrets(recordings);
    leaksIn = createLeakFinder(secrets);
    lines = readTerminal(recordings).split("\n");
    answers = readAnswers(recordings);
  }, 180_000);
  afterAll(() => {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  async function recordOwnRun(): Promise<Recordings> {
    directory = mkdtempSync(join(tmpdir(), "gatehouse-recorded-"));
    const { code, output } = await runRecorded(directory, ownRun);
    if (code !== 0) throw new Error(`the acceptance suite failed:\n${output}`);
    return recordingInto(directory).recordings;
  }

  /** The stack's own operation for tests, which the administrator alone may call, gives the token that it is asked for. */
  const isMinted = ({ request, status, body }: RecordedAnswer): boolean =>
    status === 200 &&
    request === `POST ${target.endpoints.ssm}/` &&
    /^\{"Token":"[\w.-]+"\}$/.test(body);

  /** A browser's session, which no script can read. */
  const isSessionCookie = ([name, value]: readonly [string, string]): boolean =>
    name === "set-cookie" &&
    /^__Host-Http-gatehouse-[\w.-]+=[\w.-]*; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/.test(
      value,
    );

  /**
   * With what the guard says of the caller as it reads decoded: in base64, words that it shares with a token's claims, such
   * as the issuer, look like a part of the token wherever they happen to be aligned alike.
   */
  const decodedCallers = (text: string): string =>
    text.replaceAll(
      /("x-gatehouse-caller(?:-unchecked)?":")([\w-]+)"/g,
      (_all, name: string, value: string) =>
        `${name}${Buffer.from(value, "base64url").toString("utf8")}"`,
    );

  test("there was something to search", () => {
    // A run that has a part of the suite holds less: run this file alone, or with all of it.
    expect(answers.length).toBeGreaterThan(200);
    expect(lines.length).toBeGreaterThan(200);
    expect(secrets.length).toBeGreaterThanOrEqual(process.platform === "linux" ? 15 : 14);
    const terminal = lines.join("\n");
    expect(terminal).toContain("access_denied");
    expect(terminal).toContain("the signature is wrong");
    // The test of odd places has run.
    expect(terminal).toContain("apikey=sha256:");
  });

  test("any part of a secret would be found, and its hash is not one", () => {
    for (const { what, value } of secrets) {
      expect(leaksIn(`  x:${value.slice(-16)}.`)).toEqual([what]);
      const encoded = Buffer.from(`${"i".repeat(26)}:${value}`).toString("base64");
      expect(leaksIn(`Basic ${encoded}`)).toContain(what);
    }
    expect(leaksIn("x-amz-security-token:sha256:01234567")).toEqual([]);
    expect(leaksIn(`eyJjdHkiOiJKV1Qi.${"c2lnbmF0dXJl.".repeat(3)}c2lnbmF0dXJl`)).toEqual([
      "a token",
    ]);
  });

  test("no line in the terminal holds a token, a signature, a session token, a key or a password", () => {
    const leaking = lines.flatMap((line, index) =>
      leaksIn(line).map((what) => `line ${index + 1}: ${what}`),
    );
    expect(leaking).toEqual([]);
  });

  test("no answer holds one either, but for the sign-in's own", () => {
    const leaking = answers
      .filter((answer) => !answer.mayHoldTokens && !isMinted(answer))
      .flatMap(({ request, status, headers, body }) => {
        const head = headers
          .filter((header) => !isSessionCookie(header))
          .map(([name, value]) => `${name}: ${value}`)
          .join("\n");
        const found = leaksIn(decodedCallers(`${head}\n${body}`));
        return found.map(
          (what) => `${status} to ${request.split("?", 1)[0]?.slice(0, 60)}: ${what}`,
        );
      });
    expect(leaking).toEqual([]);
  });
});
