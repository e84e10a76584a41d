import { maxClaimBytes } from "../token/verified-claims.ts";
import { requireNames } from "./access-rule.ts";

/** Of all claims together, as JSON: they share a header with the caller's groups, and a cookie with two tokens. */
const maxClaimsBytes = 2304;
/** Quotes, colon and comma. */
const punctuationBytes = 4;

/** What a token says of itself, or the caller holds already. */
const ofTheToken =
  /^(?:iss|sub|aud|azp|exp|iat|nbf|jti|auth_time|token_use|client_id|scope|username|version|nonce|(?:at|c|s)_hash|origin_jti|event_id|device_key|cognito:.*)$/;

interface DeclaredClaims {
  readonly claims?: readonly string[];
  readonly selfAsserted?: readonly string[];
}

/**
 * Reads what `access.ts` says of claims.
 *
 * @throws {TypeError} for a name that is no claim about a person, and for more than there is room for.
 */
export function readClaims(claims: unknown, selfAsserted: unknown): DeclaredClaims {
  if (claims === undefined && selfAsserted === undefined) return {};
  requireNames(claims, (why) => new TypeError(`access: claims ${why}`));
  for (const name of claims) {
    const refuse = (why: string): never => {
      throw new TypeError(`access: claims has ${JSON.stringify(name)}, ${why}`);
    };
    if (!/^[A-Za-z][\w:./-]{0,99}$/.test(name) || name in Object.prototype)
      refuse("which is not the name of a claim, such as email or custom:tenant");
    if (ofTheToken.test(name))
      refuse("which is about the token; the caller holds what counts of it");
  }
  const bytes = claims.reduce(
    (sum, name) => sum + name.length + punctuationBytes + maxClaimBytes,
    0,
  );
  if (bytes > maxClaimsBytes) {
    throw new TypeError(
      `access: claims may come to ${bytes} bytes, with ${maxClaimBytes} for each value, and headers and cookies have room for ${maxClaimsBytes}; take some away`,
    );
  }
  if (selfAsserted === undefined) return { claims: Object.freeze([...claims]) };
  requireNames(selfAsserted, (why) => new TypeError(`access: selfAsserted ${why}`));
  const unknown = selfAsserted.find((name) => !claims.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(
      `access: selfAsserted names ${JSON.stringify(unknown)}, which is not among the claims`,
    );
  }
  return { claims: Object.freeze([...claims]), selfAsserted: Object.freeze([...selfAsserted]) };
}
