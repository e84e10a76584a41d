import {
  asHash,
  printableHost,
  printablePath,
  unreadable,
  withoutSecrets,
} from "../without-secrets.ts";
import { canonicalRequest, splitPair } from "./canonical-request.ts";
import { percentDecode, sha256Hex } from "../wire-text.ts";
import type { CanonicalParts } from "./canonical-request.ts";

/** Headers whose values may be shown, but for words that may be secrets. Any other value is shown as a hash. */
const plainHeaders = new Set([
  "accept",
  "accept-encoding",
  "cache-control",
  "connection",
  "content-length",
  "content-type",
  "date",
  "host",
  "range",
  "te",
  "user-agent",
  "via",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-target",
  "x-amzn-trace-id",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
]);

/**
 * The canonical request and the string to sign as lines for the terminal, without a secret.
 *
 * The last line of the string to sign is the hash of the real canonical request, not of the masked one: compare it with
 * what the signer computed.
 */
export function printableRequest(
  parts: CanonicalParts,
  scope: { datetime: string; region: string; service: string },
): string[] {
  return [
    "canonical request, as computed here:",
    ...printableCanonical(parts).map((line) => `  ${line}`),
    "string to sign, as computed here:",
    "  AWS4-HMAC-SHA256",
    `  ${scope.datetime}`,
    `  ${scope.datetime.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`,
    `  ${sha256Hex(canonicalRequest(parts))}`,
  ];
}

/** The lines of a canonical request, without a secret. */
export function printableCanonical(parts: CanonicalParts): string[] {
  const masked = canonicalRequest({
    ...parts,
    path: printablePath(parts.path),
    query: parts.query.split("&").map(maskedPair).join("&"),
    headers: parts.headers.map(([name, value]) => [
      withoutSecrets(name),
      printableHeader(name, value),
    ]),
  });
  return masked.split("\n").map(visible);
}

function maskedPair(pair: string): string {
  if (pair === "") return pair;
  const { name, value } = splitPair(pair);
  return `${withoutSecrets(name)}=${value === "" ? "" : asHash(percentDecode(value))}`;
}

/** The value of a header, by its lower-case name, or the value's hash. */
export function printableHeader(name: string, value: string): string {
  // Both have been checked before a signature is computed: the hash is the body's own, the date a date.
  if (name === "x-amz-content-sha256" || name === "x-amz-date") return value;
  if (name === "host") return printableHost(value) === unreadable ? asHash(value) : value;
  return plainHeaders.has(name) ? withoutSecrets(value) : asHash(value);
}

/** Control characters would let a client write over the terminal's lines. */
function visible(line: string): string {
  return line.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
