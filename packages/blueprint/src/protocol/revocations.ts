import { isRecord, type JsonRecord } from "../is-record.ts";

/**
 * Sign-ins that were ended before their tokens expire, as the stage's parameter `revoked` holds them. Times are whole
 * seconds since the epoch; a sign-in at that time or earlier is refused.
 */
export interface Revocations {
  /** For everybody, machines too; 0: nobody. */
  readonly everybody: number;
  /** By `sub`. */
  readonly users: ReadonlyMap<string, number>;
}

/** Who is signed out: one user, by `sub`, or everybody. */
export type Revoked = { readonly sub: string } | "everybody";

/** Of a standard parameter; longer ones cost extra. */
const maxLength = 4096;
/** Clocks differ; a time further ahead would lock people out who sign in again. */
const maxClockSkewSeconds = 300;
const subPattern = /^[\w-]{1,128}$/;

/** What a deploy writes when a stage has no list yet. A parameter that is missing is not an empty list. */
export const noRevocations = '{"everybody":0,"users":{}}';

/**
 * Reads the parameter's text. Strict: a list that is only half understood would let in the users in the other half.
 *
 * @param now whole seconds since the epoch.
 * @throws {TypeError} for any other shape, more than 4096 characters, or a time more than five minutes ahead.
 */
export function parseRevocations(text: string, now: number): Revocations {
  if (text.length > maxLength) throw invalid("it is too long");
  const { everybody, users, ...others } = record(parseJson(text));
  if (Object.keys(others).length > 0) throw invalid("it has an unknown member");
  return {
    everybody: parseTime(everybody, now),
    users: new Map(
      Object.entries(record(users)).map(([sub, notBefore]) => {
        if (!subPattern.test(sub)) throw invalid("a user in it is not a sub");
        return [sub, parseTime(notBefore, now)];
      }),
    ),
  };
}

/**
 * Whether this sign-in was ended. In the second of the revocation nobody knows which came first, so it counts as before.
 *
 * @param signIn.authTime of the first sign-in, which stays through refreshes; whole seconds since the epoch.
 */
export function isRevoked(
  { everybody, users }: Revocations,
  { sub, authTime }: { readonly sub: string; readonly authTime: number },
): boolean {
  // Written so that a time that is not a number is refused.
  return !(authTime > everybody && authTime > (users.get(sub) ?? 0));
}

/**
 * Ends every sign-in of one user, or of everybody, up to this second. Entries that are older than any valid token are
 * dropped, and so are users whom the time for everybody covers.
 *
 * @param now whole seconds since the epoch.
 * @param longestTokenLifeSeconds from the sign-in to the end of the last token that it can bring.
 * @throws {RangeError} when the list is full. It never drops an entry that counts.
 */
export function addRevocation(
  list: Revocations,
  who: Revoked,
  now: number,
  longestTokenLifeSeconds: number,
): Revocations {
  const added =
    who === "everybody"
      ? { everybody: now, users: new Map<string, number>() }
      : { everybody: 0, users: new Map([[who.sub, now]]) };
  const { everybody, users } = mergeRevocations(list, added);
  const oldest = Math.max(everybody, now - longestTokenLifeSeconds);
  const next = { everybody, users: new Map([...users].filter(([, time]) => time > oldest)) };
  revocationsText(next);
  return next;
}

/** Both lists merged; of two times, the later one. Nothing gets lost when two people write at once. */
export function mergeRevocations(one: Revocations, other: Revocations): Revocations {
  const users = new Map(one.users);
  for (const [sub, time] of other.users) users.set(sub, Math.max(time, users.get(sub) ?? 0));
  return { everybody: Math.max(one.everybody, other.everybody), users };
}

/**
 * The parameter's text.
 *
 * @throws {RangeError} when it would be longer than a standard parameter.
 */
export function revocationsText({ everybody, users }: Revocations): string {
  // fromEntries, because a key may be called `__proto__`.
  const text = JSON.stringify({ everybody, users: Object.fromEntries(users) });
  if (text.length > maxLength)
    throw new RangeError(`the list of revocations is full: it holds ${maxLength} characters`);
  return text;
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
