import { GuardError } from "../errors.ts";
import { isRecord } from "../is-record.ts";

/** A token above this is refused unread: real ones are 1 to 4 KB, and a header this long costs every later step. */
export const maxTokenBytes = 12 * 1024;

/** A token taken apart before anybody has checked it: enough to choose a key and to check by it, good for nothing else. */
export interface UnverifiedToken {
  readonly text: string;
  readonly unverifiedKid: string;
  readonly unverifiedClaims: Readonly<Record<string, unknown>>;
  /** The claims may hold a member called `__proto__` or `constructor`. */
  readonly hasOddNames: boolean;
  /** Header and claims, which the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Names that could reach an object's prototype. An escape could spell them, so it counts as one. */
const oddNames = ["__proto__", "constructor", String.raw`\u`];

const threeParts = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** Of base64url: `{`, or a white space before it. What is no token at all is refused before anybody tries to parse it. */
const objectStart = /^(?:e[w-z]|[CDI])/;
const maxKidLength = 256;

/**
 * What can be seen at once, before anybody takes the trouble to hash a token: its size, and that it begins with an object.
 *
 * @throws {GuardError} `token_too_large` when the token is over 12 KB; `token_malformed`.
 */
export function requireTokenForm(token: string): void {
  requireTokenSize(token);
  requireObject(token);
}

/** @param header of a token, or a token, which begins with it. */
function requireObject(header: string): void {
  if (!objectStart.test(header)) throw malformed("The token's header is not a JSON object.");
}

/** @throws {GuardError} `token_too_large` when the token is over 12 KB. */
export function requireTokenSize(token: string): void {
  if (token.length > maxTokenBytes)
    throw new GuardError("token_too_large", "The token is larger than 12 KB.");
}

/**
 * Takes a signed token apart, cheapest refusals first.
 *
 * @throws {GuardError} `token_too_large`; `token_malformed` when it is not a compact JWS of two JSON objects, names no key
 *   or has critical extensions (none are understood here); `token_signature` when it is not signed with RS256.
 */
export function decodeUnverifiedToken(token: string): UnverifiedToken {
  requireTokenSize(token);
  if (!threeParts.test(token)) throw malformed("The token is not three base64url parts.");
  const [headerText = "", claimsText = "", signatureText = ""] = token.split(".");

  const kid = headerText === lastHeader.text ? lastHeader.kid : kidOf(headerText);
  const claimsJson = decodeUtf8(decodeBase64Url(claimsText));
  return {
    text: token,
    unverifiedKid: kid,
    unverifiedClaims: parseJsonObject(claimsJson),
    hasOddNames: oddNames.some((name) => claimsJson.includes(name)),
    signed: Buffer.from(token.slice(0, token.lastIndexOf(".")), "latin1"),
    signature: decodeBase64Url(signatureText),
  };
}

/** A pool signs with two keys, so most tokens begin like the one before. */
let lastHeader = { text: "", kid: "" };

function kidOf(headerText: string): string {
  requireObject(headerText);
  const header = parseJsonObject(decodeUtf8(decodeBase64Url(headerText)));
  if ("crit" in header)
    throw malformed("The token's header asks for extensions that are not supported.");
  if (header["alg"] !== "RS256")
    throw new GuardError("token_signature", "The token is not signed with RS256.");
  const kid = header["kid"];
  if (typeof kid !== "string" || kid === "" || kid.length > maxKidLength)
    throw malformed("The token's header does not name a key.");
  lastHeader = { text: headerText, kid };
  return kid;
}

/** One claim of a token as it stands there. It proves nothing unless the token is verified as well. */
export function unverifiedClaim(token: string, name: string): unknown {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const claims: unknown = JSON.parse(payload);
    return isRecord(claims) ? claims[name] : undefined;
  } catch {
    return undefined; // not a token; the verifier will say so
  }
}

function parseJsonObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw notJson();
  }
  if (!isRecord(value)) throw malformed("A part of the token is not a JSON object.");
  return value;
}

/** The quick way puts U+FFFD in the place of what is not UTF-8; only then is it looked at closely. */
function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (!text.includes("\ufffd")) return text;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notJson();
  }
}

/** Strict: one text for one value, so that nobody can vary a good token's bytes. */
function decodeBase64Url(text: string): Buffer {
  if (!canonicalEnd[text.length % 4]?.test(text.slice(-1)))
    throw malformed("A part of the token is not canonical base64url.");
  return Buffer.from(text, "base64url");
}

/** By length modulo 4: in the last character, the bits that no byte needs are zero. A rest of one is no length at all. */
const canonicalEnd = [/$/, undefined, /[AQgw]/, /[AEIMQUYcgkosw048]/];

export function wrongSignature(): GuardError {
  return new GuardError("token_signature", "The token was not signed by this user pool.");
}

function notJson(): GuardError {
  return malformed("A part of the token is not JSON in UTF-8.");
}

function malformed(detail: string): GuardError {
  return new GuardError("token_malformed", detail);
}
