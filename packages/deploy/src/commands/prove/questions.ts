import type { Proof } from "./proof.ts";

/** What bears on a question of the page, found by words in it. */
interface Evidence {
  readonly about: RegExp;
  readonly by: (proof: Proof) => readonly string[];
}

const evidence: readonly Evidence[] = [
  {
    about: /without a body/i,
    by: (proof) => [...checks(proof, "probe-empty-stream"), ...files(proof, "empty-answers")],
  },
  {
    about: /rotates refresh tokens/i,
    by: (proof) => [deploys(proof), ...checks(proof, "client-web-flows", "client-web-rotation")],
  },
  {
    about: /timeouts? .*over 60/i,
    by: ({ stage }) => [
      stage.originReadTimeoutSeconds > 60 || stage.originKeepaliveSeconds > 60
        ? "this stage sets more than 60 s"
        : "not tried: this stage sets 60 s or less",
    ],
  },
  { about: /version that was published seconds ago/i, by: (proof) => [deploys(proof)] },
  { about: /unchanged deploy/i, by: (proof) => [versions(proof)] },
  {
    about: /sign-in page/i,
    by: (proof) => [...checks(proof, "probe-sign-in-page"), ...files(proof, "sign-in", "sessions")],
  },
  { about: /GetParameters/i, by: (proof) => checks(proof, "list-age") },
  {
    about: /response headers policy|SecurityHeadersPolicy/i,
    by: (proof) => [...checks(proof, "behaviour-headers"), ...files(proof, "response-headers")],
  },
  {
    about: /empty parameter name|path normalisation/i,
    by: (proof) => files(proof, "backend", "function-url", "spellings"),
  },
  { about: /exposed body/i, by: (proof) => files(proof, "backend") },
  { about: /chunked 206|`Vary`|stream/i, by: (proof) => files(proof, "streams", "responses") },
  { about: /`auth_time`|refresh token|issuer/i, by: (proof) => files(proof, "sessions", "tokens") },
  {
    about: /firewall/i,
    by: (proof) =>
      proof.stage.waf === undefined
        ? ["not tried: this stage has no firewall"]
        : [...checks(proof, "firewall"), suite(proof)],
  },
  {
    about: /two origins/i,
    by: (proof) => checks(proof, "origin-hosts", "behaviour-guard"),
  },
];

/** The questions of the page, in their order: the first cell of each row of its tables. */
export function questionsIn(page: string): readonly string[] {
  const rows = page.split("\n").filter((line) => line.startsWith("|"));
  return rows.flatMap((row, index) => {
    const [, first = ""] = row.split(/(?<!\\)\|/);
    // A header is what stands above a line of hyphens.
    const isHeader = /^\|[\s:|-]+\|$/.test(rows[index + 1] ?? "");
    return isHeader || /^[\s:-]*$/.test(first) ? [] : [first.trim()];
  });
}

/** What the run shows about a question; nothing when it was not asked. */
export function evidenceFor(question: string, proof: Proof): readonly string[] {
  return [
    ...new Set(evidence.filter(({ about }) => about.test(question)).flatMap(({ by }) => by(proof))),
  ];
}

function deploys({ deploys: runs }: Proof): string {
  if (runs.length === 0) return "no deploy was tried";
  return runs
    .map(({ code, seconds }, index) => `deploy ${index + 1} ended with ${code} after ${seconds} s`)
    .join(", ");
}

function versions({ guardVersions: [first, second] }: Proof): string {
  if (first === undefined || second === undefined) return "the guard's version is not known";
  return first === second
    ? "an unchanged deploy left the guard's version as it was"
    : `an unchanged deploy made a new version of the guard (${first}, then ${second})`;
}

function checks({ checks: rows = [] }: Proof, ...ids: readonly string[]): readonly string[] {
  return ids.map((id) => {
    const row = rows.find((one) => one.id === id);
    if (row === undefined) return `doctor: ${id} was not looked at`;
    if (!row.ok) return `doctor: ${id} is not well`;
    return row.problem === null ? `doctor: ${id} is well` : `doctor: ${id} was not tried`;
  });
}

function files({ suite: run }: Proof, ...names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const passed = run?.files.get(name);
    if (passed === undefined) return `acceptance: ${name} did not run`;
    return passed ? `acceptance: ${name} passed` : `acceptance: ${name} failed`;
  });
}

function suite({ suite: run }: Proof): string {
  return run === undefined ? "acceptance did not run" : `acceptance: ${run.counts || "no counts"}`;
}
