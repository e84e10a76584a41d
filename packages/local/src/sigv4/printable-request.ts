import { canonicalRequest, percentDecode, sha256Hex, splitPair } from "./canonical-request.ts";
import type { CanonicalParts } from "./canonical-request.ts";

/** Headers whose values may be shown. Any other value may be a secret and is shown as a hash. */
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
  const masked = canonicalRequest({
    ...parts,
    query: parts.query.split("&").map(maskedPair).join("&"),
    headers: parts.headers.map(([name, value]) => [
      name,
      plainHeaders.has(name) ? value : masked8(value),
    ]),
  });
  return [
    "canonical request, as computed here:",
    ...masked.split("\n").map((line) => `  ${visible(line)}`),
    "string to sign, as computed here:",
    "  AWS4-HMAC-SHA256",
    `  ${scope.datetime}`,
    `  ${scope.datetime.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`,
    `  ${sha256Hex(canonicalRequest(parts))}`,
  ];
}

function maskedPair(pair: string): string {
  const { name, value } = splitPair(pair);
  const secret =
    /token|code|secret|password|signature|credential|state|nonce/i.test(name) || value.length > 200;
  return secret && value !== "" ? `${name}=${masked8(percentDecode(value))}` : pair;
}

function masked8(value: string | Buffer): string {
  return `sha256:${sha256Hex(value).slice(0, 8)}`;
}

/** Control characters would let a client write over the terminal's lines. */
function visible(line: string): string {
  return line.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
