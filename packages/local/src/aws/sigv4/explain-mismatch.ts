import { createHmac, timingSafeEqual } from "node:crypto";

import type { About } from "../explain.ts";
import { withoutSecrets } from "../without-secrets.ts";
import { canonicalPath, canonicalQuery, canonicalRequest } from "./canonical-request.ts";
import { sha256Hex } from "../wire-text.ts";
import type { CanonicalParts } from "./canonical-request.ts";
import { printableCanonical, printableRequest } from "./printable-request.ts";
import { signatureVariants } from "./signature-variants.ts";
import type { Variant } from "./signature-variants.ts";
import { signedValues, splitTarget } from "./signed-request.ts";
import type { HeaderLines, SignedRequest } from "./signed-request.ts";

export interface Mismatch {
  readonly request: SignedRequest;
  readonly lines: HeaderLines;
  readonly signedHeaders: readonly string[];
  /** As the client sent it; compared, never printed. */
  readonly signature: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly datetime: string;
  readonly region: string;
  readonly service: string;
}

/**
 * Finds out why a signature is wrong by signing variants of the request until one fits.
 *
 * It explains only: whatever it finds, the request stays refused.
 */
export function explainMismatch(mismatch: Mismatch): {
  reason: string;
  details: string[];
  canonical: NonNullable<About["canonical"]>;
} {
  const parts = receivedParts(mismatch);
  const fits = createFit(mismatch, parts);
  const received = canonicalRequest(parts);
  const fitting = signatureVariants(mismatch.request, mismatch.lines, parts)
    // A variant that changes nothing would fit whatever the cause is.
    .filter(({ region, service, parts: changed }) =>
      changed === undefined
        ? (region ?? mismatch.region) !== mismatch.region ||
          (service ?? mismatch.service) !== mismatch.service
        : canonicalRequest({ ...parts, ...changed }) !== received,
    )
    .filter(fits);
  const causes = [...missingHeaders(mismatch), ...fitting.map(({ claim }) => claim)];
  const signed = fitting.find((variant) => variant.parts !== undefined)?.parts;
  const certain = causes.length > 0 ? causes : foreignToken(mismatch);
  const [headline = anyDifference(mismatch), ...more] = certain;
  return {
    reason: `the signature is wrong: ${headline}`,
    details: [
      ...more,
      ...(certain.length > 0 ? [] : suspicions(mismatch)),
      ...printableRequest(parts, mismatch),
    ],
    canonical: {
      received: printableCanonical(parts),
      ...(signed && { signed: printableCanonical({ ...parts, ...signed }) }),
    },
  };
}

/** Whether the signature is right for another region or service than the stand-in's own. */
export function isRightFor(
  mismatch: Mismatch,
  scope: { region: string; service: string },
): boolean {
  return createFit(mismatch, receivedParts(mismatch))({ claim: "", ...scope });
}

function receivedParts({ request, lines, signedHeaders }: Mismatch): CanonicalParts {
  const { path, query } = splitTarget(request.target);
  return {
    method: request.method,
    path: canonicalPath(path),
    query: canonicalQuery(query),
    headers: signedValues(lines, signedHeaders),
    payloadHash: sha256Hex(request.body),
  };
}

/** @returns whether the signature is the one of a variant. Keys are kept, because most variants share theirs. */
function createFit(mismatch: Mismatch, parts: CanonicalParts): (variant: Variant) => boolean {
  const received = Buffer.from(mismatch.signature, "hex");
  const keys = new Map<string, Buffer>();
  return ({ parts: changed, region = mismatch.region, service = mismatch.service }) => {
    const scope = `${mismatch.datetime.slice(0, 8)}/${region}/${service}/aws4_request`;
    const key = keys.get(scope) ?? signingKey(mismatch.secretAccessKey, scope);
    keys.set(scope, key);
    const hash = sha256Hex(canonicalRequest({ ...parts, ...changed }));
    const expected = hmac(key, ["AWS4-HMAC-SHA256", mismatch.datetime, scope, hash].join("\n"));
    return received.length === expected.length && timingSafeEqual(received, expected);
  };
}

function signingKey(secretAccessKey: string, scope: string): Buffer {
  return scope.split("/").reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function missingHeaders({ lines, signedHeaders }: Mismatch): string[] {
  return signedHeaders
    .filter((name) => !lines.has(name))
    .map((name) => `\`${withoutSecrets(name)}\` is signed but the request does not have it`);
}

const volatileHeaders = [
  "accept-encoding",
  "connection",
  "content-length",
  "te",
  "user-agent",
  "via",
  "x-amz-cf-id",
  "x-amzn-trace-id",
  "x-forwarded-for",
  "x-forwarded-proto",
];

function foreignToken({ lines, sessionToken }: Mismatch): string[] {
  const token = lines.get("x-amz-security-token")?.join(",");
  return token !== undefined && token !== sessionToken
    ? ["`x-amz-security-token` is not the token that was issued with this access key"]
    : [];
}

/** What is left when no variant fits. A body whose hash was sent has been compared with it already. */
function anyDifference({ request, lines }: Mismatch): string {
  const known = lines.has("x-amz-content-sha256") || request.body.length === 0;
  return known
    ? "no single cause fits: the path, the query or a header differs from what was signed, or the secret key is a different one"
    : "the body, the path, the query or a header differs from what was signed, or the secret key is a different one; sign x-amz-content-sha256 to recognise a changed body";
}

/** Guesses only: signing without one of these has been tried, and was not the cause. */
function suspicions({ lines, signedHeaders }: Mismatch): string[] {
  return signedHeaders
    .filter((name) => volatileHeaders.includes(name) && lines.has(name))
    .map(
      (name) =>
        `\`${name}\` is signed, and a proxy may have changed it on the way: sign \`host\` and your own \`x-amz-*\` only`,
    );
}
