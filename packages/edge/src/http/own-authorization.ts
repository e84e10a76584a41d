import { GuardError } from "@sst-gatehouse/core/errors";

/** A key, a password, or a token of somebody else's. */
const maxBytes = 4096;

/**
 * What the backend is handed of a sender's own credentials; undefined for nothing. Nothing is verified here.
 *
 * @param lines of `Authorization`.
 * @param issuers of the stage's user pool. A token of theirs is good for the whole app, so no backend is handed one.
 * @throws {GuardError} `header_malformed`, `headers_too_large` for what is not handed on.
 */
export function readOwnAuthorization(
  lines: readonly string[],
  issuers: readonly string[],
): string | undefined {
  const value = lines.join(",");
  if (value.length > maxBytes)
    throw new GuardError("headers_too_large", "Authorization has more than 4,096 bytes.", {
      largest: { header: "authorization", bytes: value.length },
    });
  if (lines.length > 1 || !/^[\x20-\x7e]*$/.test(value))
    throw new GuardError("header_malformed", "Send one Authorization header, in plain ASCII.");
  return value === "" || mentions(value, issuers, 2) ? undefined : value;
}

/**
 * Also inside of base64, and of base64 in that: a token's claims, and a token that `Basic` has for a password. Cognito
 * writes each `/` of a claim as `\/`.
 */
function mentions(text: string, issuers: readonly string[], depth: number): boolean {
  const plain = text.replaceAll("\\", "");
  return (
    issuers.some((issuer) => plain.includes(issuer)) ||
    (depth > 0 &&
      text
        .split(/[^\w+/-]+/)
        .some((part) => mentions(Buffer.from(part, "base64").toString(), issuers, depth - 1)))
  );
}
