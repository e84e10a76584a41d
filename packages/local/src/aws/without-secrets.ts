import { percentDecode, sha256Hex } from "./wire-text.ts";

/** Shown in the terminal in place of a part of a request that must not be printed. */
export const unreadable = "something unreadable";

/** Long texts that look like a secret but are not. */
const harmless = [
  // Words and camel case: secrets of that length have digits, or capitals in a row.
  /^(?:[a-z._-]|[A-Z](?=[a-z]{2})|I(?=d(?:[A-Z.]|$))){1,64}$/,
  /^[A-Z_]{1,64}s?\.?$/,
  // An operation of an AWS API, as `x-amz-target` names it.
  /^[A-Z][A-Za-z]{0,40}(_\d{8})?\.[A-Za-z]{1,60}\d?$/,
  /^x-amz-[a-z-]{1,30}(sha1|sha256|crc32c?)$/,
  /^AWS4(-[A-Z0-9]{2,10}){2,3}$/,
  /^\d{8}T\d{6}Z$/,
  // Ids: of an access key, of an app client, of a user pool.
  /^A[KS]IA[A-Z0-9]{16}$/,
  /^[a-z0-9]{26}$/,
  /^[a-z]{2}(-[a-z]+){1,2}-\d_[A-Za-z0-9]{9}$/,
];
const functionUrlHost = /^[a-z0-9]{32}\.lambda-url\.[a-z0-9-]{1,20}\.on\.aws(:\d{1,5})?$/;

/** A value that can be compared but not read: `sha256:` and the first 8 hex digits of its hash. */
export function asHash(value: string | Buffer): string {
  return `sha256:${sha256Hex(value).slice(0, 8)}`;
}

/**
 * Whether a word from a request may be a token, a key or a password. When in doubt, yes: of anything that is not
 * plainly a name, at most 15 characters are shown.
 */
export function mayBeSecret(word: string): boolean {
  const text = fullyDecoded(word);
  if (/(^|[^A-Za-z0-9])eyJ/.test(text)) return true;
  if (text.length < 4 || harmless.some((shape) => shape.test(text))) return false;
  return text.length > 15 || /[A-Z]/.test(text);
}

/** A text from a request, with every word that may be a secret replaced by its hash. */
export function withoutSecrets(text: string): string {
  return text.replace(/[^\s,;=/()[\]{}<>"'`&?#:@|\\]+/g, hashedIfSecret);
}

/** A path, with every segment that may be a secret replaced by the hash of the decoded segment. */
export function printablePath(path: string): string {
  return path.split("/").map(hashedIfSecret).join("/");
}

/** A `Host` in quotes when it can only be a host's name. */
export function printableHost(host: string): string {
  const name = host.toLowerCase();
  const isName =
    functionUrlHost.test(name) ||
    (/^[a-z0-9.:[\]-]{1,100}$/.test(name) && !name.split(/[.:]/).some(mayBeSecret));
  return isName ? JSON.stringify(name) : unreadable;
}

/** Where an address leads, as it was written: scheme, host and path, never user, query or fragment. */
export function printableAddress(address: string): string {
  const [, scheme, authority = "", path = ""] =
    /^([a-z][a-z0-9+.-]{0,20}):\/\/([^/?#\\]*)([^?#]*)/i.exec(address) ?? [];
  const host = /(?:^|@)([a-z0-9.:[\]-]+)$/i.exec(authority)?.[1];
  if (scheme === undefined || host === undefined || printableHost(host) === unreadable)
    return unreadable;
  const left = [
    ...(authority === host ? [] : ["a user"]),
    ...(address.includes("?") ? ["a query"] : []),
    ...(address.includes("#") ? ["a fragment"] : []),
  ];
  const where = `${scheme}://${host}${printablePath(path).slice(0, 200)}`;
  return left.length > 0 ? `${where} with ${left.join(" and ")}` : where;
}

function hashedIfSecret(word: string): string {
  return mayBeSecret(word) ? asHash(fullyDecoded(word)) : word;
}

/** A canonical request encodes the path once more, so one pass would not do. */
function fullyDecoded(word: string): string {
  let text = word;
  for (let pass = 0; pass < 3 && text.includes("%"); pass += 1)
    text = percentDecode(text).toString();
  return text;
}
