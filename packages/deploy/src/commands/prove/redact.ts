import { homedir } from "node:os";

import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

/** What must not be in a file that is handed on, by the word that stands in its place. */
export interface Identifying {
  readonly outputs: StageOutputs | undefined;
  /** The stage's own domain. */
  readonly domain: string | undefined;
  /** The project's directory, which may hold a person's name. */
  readonly root: string;
}

const patterns: readonly (readonly [RegExp, string])[] = [
  // Signed tokens have three parts, refresh tokens five.
  [/eyJ[\w-]{10,}(?:\.[\w-]*){2,4}/g, "(token)"],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}\b/g, "(access key)"],
  [/arn:aws[\w-]*:[^\s"'`,;)\]}]+/g, "(ARN)"],
  [/\b[\w-]+\.lambda-url\.[\w-]+\.on\.aws\b/g, "(Function URL)"],
  [/\b[\w-]+\.auth(?:-fips)?\.[\w-]+\.amazoncognito\.com\b/g, "(sign-in host)"],
  [/\bd[a-z0-9]{8,}\.cloudfront\.net\b/g, "(CloudFront host)"],
  [/\b[a-z]{2}(?:-[a-z]+)+-\d_[A-Za-z0-9]{5,}\b/g, "(user pool)"],
  [/\bE[A-Z0-9]{10,14}\b/g, "(distribution)"],
  // Of app clients that the outputs do not name.
  [/\b(?=[a-z]*\d)[a-z0-9]{26}\b/g, "(client)"],
  [/(?<!\d)\d{12}(?!\d)/g, "(account)"],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "(e-mail)"],
];

/**
 * Takes out of a text whatever names an account or lets somebody in: what the stage's outputs hold, and everything of the
 * shape of an ARN, an account, a host of AWS, a user pool, a key or a token.
 *
 * @returns the text, in which none of the outputs' own values is left.
 */
export function redact(text: string, { outputs, domain, root }: Identifying): string {
  const known: (readonly [string, string])[] = [
    [root, "(project)"],
    [homedir(), "(home)"],
  ];
  if (domain !== undefined) known.push([domain, "(domain)"]);
  if (outputs !== undefined) {
    known.push([outputs.userPoolId, "(user pool)"]);
    for (const [name, url] of [
      ["app host", outputs.appUrl],
      ["sign-in host", outputs.signInUrl],
      ["Function URL", outputs.functionUrl],
    ] as const)
      known.push([new URL(url).host, `(${name})`]);
    for (const [name, { id }] of Object.entries(outputs.clients))
      known.push([id, `(client ${name})`]);
  }
  const longestFirst = known
    .filter(([value]) => value.length > 1)
    .toSorted(([a], [b]) => b.length - a.length);
  const named = longestFirst.reduce(
    (cleaned, [value, word]) => cleaned.replaceAll(value, word),
    text,
  );
  return patterns.reduce((cleaned, [pattern, word]) => cleaned.replaceAll(pattern, word), named);
}
