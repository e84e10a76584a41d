import { existsSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { answersFile, terminalFile, type RecordedAnswer } from "../recordings.ts";
import { loadTarget } from "../target.ts";

/** The acceptance run against a local stack leaves these; one against a deployed stage has no terminal. */
const recorded = existsSync(answersFile) && existsSync(terminalFile);

describe.runIf(recorded)("after the acceptance run", () => {
  const target = loadTarget();
  const terminal = readFileSync(terminalFile, "utf8");
  const answers: RecordedAnswer[] = readFileSync(answersFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const values = [
    ...Object.values(target.tokens),
    ...Object.values(target.credentials).flatMap(({ secretAccessKey, sessionToken }) => [
      secretAccessKey,
      sessionToken,
    ]),
    ...target.users.map(({ password }) => password),
    target.clients.machine.secret,
  ];
  /** Parts too: the signature of a token, the beginning of a session token. */
  const secrets = values
    .flatMap((value) => [value, value.slice(0, 24), value.slice(-24)])
    .filter((part) => part.length >= 12 && !part.startsWith("eyJ"));
  const anyToken = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/;
  const anySignature =
    /Signature=[0-9a-f]{16,}|x-amz-security-token["':=\s]+(?!sha256:)[\w+/]{40,}/i;

  test("there was something to search", () => {
    expect(answers.length).toBeGreaterThan(200);
    expect(terminal.split("\n").length).toBeGreaterThan(200);
    expect(secrets.length).toBeGreaterThan(20);
    expect(terminal).toContain("access_denied");
    expect(terminal).toContain("signature");
  });

  test("no line in the terminal holds a token, a signature, a session token, a key or a password", () => {
    expect(
      terminal.split("\n").filter((line) => secrets.some((secret) => line.includes(secret))),
    ).toEqual([]);
    expect(
      terminal.split("\n").filter((line) => anyToken.test(line) || anySignature.test(line)),
    ).toEqual([]);
  });

  test("no answer holds one either, but for the sign-in's own", () => {
    const leaking = answers.filter(({ mayHoldTokens, headers, body }) => {
      if (mayHoldTokens) return false;
      const text = `${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}\n${body}`;
      return (
        secrets.some((secret) => text.includes(secret)) ||
        anyToken.test(text) ||
        anySignature.test(text)
      );
    });
    expect(leaking.map(({ request, status }) => `${status} ${request}`)).toEqual([]);
  });
});
