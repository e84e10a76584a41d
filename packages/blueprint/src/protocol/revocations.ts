import { isRecord, type JsonRecord } from "../is-record.ts";

/**
 * Sign-ins that were ended before their tokens expire. Times are whole seconds since the epoch; a sign-in at that time or
 * earlier is refused.
 */
export interface Revocations {
  /** For everybody, machines too; 0: nobody. */
  readonly everybody: number;
  /** By `sub`. */
  readonly users: ReadonlyMap<string, number>;
}

/** Who is signed out: one user, by `sub`, or everybody. */
export type Revoked = { readonly sub: string } | "everybody";

/**
 * One parameter of the list. The first one is `revoked`; more of them, `revoked/1` and so on, exist when one is not enough.
 */
export interface RevocationPage extends Revocations {
  /** How many parameters the list has. Only the first one says so. */
  readonly pages: number;
}

/** What one `GetParameters` brings, so a list is read by one call. */
export const maxRevocationPages = 10;
/** Of a standard parameter; longer ones cost extra. */
const maxLength = 4096;
/** Clocks differ; a time further ahead would lock people out who sign in again. */
const maxClockSkewSeconds = 300;
const subPattern = /^[\w-]{1,128}$/;
/** What Cognito gives as `sub`. */
const uuidPattern = /^(\w{8})-(\w{4})-(\w{4})-(\w{4})-(\w{12})$/;

/** What a deploy writes when a stage has no list yet. A parameter that is missing is not an empty list. */
export const noRevocations = '{"everybody":0,"users":{}}';

/** The names of all the parameters that a list can have. @param name of the first. */
export function revocationPageNames(name: string): readonly [string, ...string[]] {
  const more = Array.from({ length: maxRevocationPages - 1 }, (_none, at) => `${name}/${at + 1}`);
  return [name, ...more];
}

/**
 * Reads a whole list. Strict: a list that is only half understood would let in the users in the other half.
 *
 * @param texts of the parameters in the order of their names, `undefined` for one that is not there.
 * @param now whole seconds since the epoch.
 * @throws {TypeError} when a parameter is missing that the list has, and as {@link parseRevocationPage} does.
 */
export function parseRevocations(
  [first, ...others]: readonly (string | undefined)[],
  now: number,
): Revocations {
  const { pages, ...list } = parseRevocationPage(first ?? "", now);
  return Array.from({ length: pages - 1 }, (_none, at) => others[at]).reduce<Revocations>(
    (merged, text) => mergeRevocations(merged, parseRevocationPage(text ?? "", now)),
    list,
  );
}

/**
 * Reads one parameter: the plain form, `{"everybody": <time>, "users": {"<sub>": <time>}}`, or the dense one, in which
 * `ended` has a word `<sub>=<time>` for each user, the `sub` without hyphens and the time in base 36.
 *
 * @throws {TypeError} for any other shape, more than 4096 characters, or a time more than five minutes ahead.
 */
export function parseRevocationPage(text: string, now: number): RevocationPage {
  if (text.length > maxLength) throw invalid("it is too long");
  const { everybody, users, ended, pages = 1, ...others } = record(parseJson(text));
  if (Object.keys(others).length > 0 || (users === undefined) === (ended === undefined))
    throw invalid("it has an unknown member, or not all of them");
  if (typeof pages !== "number" || !(pages >= 1 && pages <= maxRevocationPages && pages % 1 === 0))
    throw invalid("it has another number of parameters");
  const entries = ended === undefined ? Object.entries(record(users)) : wordsOf(ended);
  return {
    everybody: parseTime(everybody, now),
    users: new Map(
      entries.map(([sub, notBefore]) => {
        if (!subPattern.test(sub)) throw invalid("a user in it is not a sub");
        return [sub, parseTime(notBefore, now)];
      }),
    ),
    pages,
  };
}

/**
 * Whether this sign-in was ended. In the second of the revocation nobody knows which came first, so it counts as before.
 *
 * @param signIn.authTime whole seconds since the epoch. Where Cognito moves it on a refresh, that no refresh comes after
 *   the time in the list is the work of `users revoke`.
 */
export function isRevoked(
  { everybody, users }: Revocations,
  { sub, authTime }: { readonly sub: string; readonly authTime: number },
): boolean {
  // Written so that a time that is not a number is refused.
  return !(authTime > everybody && authTime > (users.get(sub) ?? 0));
}

/**
 * Without the entries that no valid token can match any more, and the users whom the time for everybody covers.
 *
 * @param oldest whole seconds since the epoch: the longest life of a token ago.
 */
export function withoutOldRevocations<T extends Revocations>(list: T, oldest: number): T {
  const from = Math.max(list.everybody, oldest);
  return { ...list, users: new Map([...list.users].filter(([, time]) => time > from)) };
}

/** Both lists merged; of two times, the later one. Nothing gets lost when two people write at once. */
export function mergeRevocations(one: Revocations, other: Revocations): Revocations {
  const users = new Map(one.users);
  for (const [sub, time] of other.users) users.set(sub, Math.max(time, users.get(sub) ?? 0));
  return { everybody: Math.max(one.everybody, other.everybody), users };
}

/**
 * One parameter's text: the plain form, which a person can read in the console, while it is the only parameter and has
 * room; the dense one otherwise.
 *
 * @throws {RangeError} when it would be longer than a standard parameter.
 */
export function revocationPageText({ everybody, users, pages }: RevocationPage): string {
  // fromEntries, because a key may be called `__proto__`.
  const plain = JSON.stringify({ everybody, users: Object.fromEntries(users) });
  if (pages === 1 && plain.length <= maxLength) return plain;
  const ended = [...users].map(([sub, time]) => `${denseSub(sub)}=${time.toString(36)}`).join(" ");
  const dense = JSON.stringify({ everybody, ...(pages === 1 ? {} : { pages }), ended });
  if (dense.length > maxLength)
    throw new RangeError(`a parameter of the list is full: it holds ${maxLength} characters`);
  return dense;
}

function denseSub(sub: string): string {
  return uuidPattern.test(sub) ? sub.replaceAll("-", "") : `-${sub}`;
}

/** Another `sub` than a UUID is kept whole, behind a hyphen. */
function wordsOf(ended: unknown): [sub: string, time: number][] {
  if (typeof ended !== "string") throw invalid("its users are not text");
  if (ended === "") return [];
  return ended.split(" ").map((word) => {
    const [, plain, uuid, time = ""] = /^(?:-([\w-]+)|(\w{32}))=([\da-z]{1,8})$/.exec(word) ?? [];
    const sub = plain ?? uuid?.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    if (sub === undefined) throw invalid("a user in it is not a sub and a time");
    return [sub, Number.parseInt(time, 36)];
  });
}

function parseTime(value: unknown, now: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw invalid("a time in it is not whole seconds");
  if (!(value <= now + maxClockSkewSeconds)) throw invalid("a time in it is in the future");
  return value;
}

function record(value: unknown): JsonRecord {
  if (!isRecord(value)) throw invalid("it is not an object of objects");
  // Without a prototype, so that a member that is not there is undefined whatever it is called.
  return Object.assign(Object.create(null), value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
}

function invalid(why: string): TypeError {
  return new TypeError(`the list of revocations cannot be read: ${why}`);
}
