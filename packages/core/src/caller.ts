import { isRecord } from "./is-record.ts";
import { GuardError } from "./errors.ts";

/**
 * Who is calling. Identity is issuer and `sub`, never e-mail or username.
 *
 * `issuer` is `https://cognito-idp.<region>.amazonaws.com/<poolId>`, whichever name of the pool the token bears, and
 * `signedInAt` the token's `auth_time`, whole seconds since the epoch. A backend misses both only while its guard still
 * sends version 1 of the caller header.
 *
 * `claims` are what `access.ts` asks for, as the person's token has them. Each may be missing, and is as old as the token
 * that it stands in.
 */
export type Caller =
  | { kind: "anonymous" }
  /** `scopes` come from access tokens only: `[]` for the bearer of an ID token. */
  | {
      kind: "user";
      sub: string;
      username: string;
      groups: string[];
      scopes: string[];
      issuer?: string;
      signedInAt?: number;
      claims?: Readonly<Record<string, unknown>>;
    }
  | { kind: "client"; clientId: string; scopes: string[]; issuer?: string }
  /** An IAM principal other than the edge role, straight at the Function URL. Never from a header. */
  | { kind: "service"; arn: string };

/** How the guard tells the backend who is calling. */
export const callerHeader = "x-gatehouse-caller";
/**
 * The same where the guard has not looked up whether the sign-in was ended, because the backend does. Under another name,
 * so that nobody takes the one for the other who does not know the difference.
 */
export const uncheckedCallerHeader = `${callerHeader}-unchecked`;
/** The caller's bearer token, for a backend that asks for it. */
export const tokenHeader = "x-gatehouse-token";
/** A sender's own `Authorization`, under a rule that leaves it to the backend; never a token of the stage's user pool. */
export const authorizationHeader = "x-gatehouse-authorization";

/**
 * The app's own public origin, as the guard knows it. A guard of any version drops a viewer's, so a backend may believe it.
 */
export const originHeader = "x-gatehouse-origin";
/** Its host once more, for everybody who knows no Gatehouse. The scheme cannot go along: CloudFront takes no `x-forwarded-proto`. */
export const forwardedHostHeader = "x-forwarded-host";

/** Of the encoded value. The largest token (12 KB) may name more groups than one header should carry. */
export const maxCallerHeaderBytes = 8 * 1024;

/** What whoever looks up a sign-in has to know of it. */
export interface UncheckedSignIn {
  /** Of the token, as {@link Caller}'s `signedInAt`; a machine's is the time of issue. */
  readonly authTime: number;
  /** Absent for a bearer token. `page`: a person waits for a page; `script`: a script of theirs for an answer. */
  readonly session?: "page" | "script" | undefined;
}

export interface CallerEnvelope {
  readonly caller: Exclude<Caller, { kind: "service" }>;
  /** The viewer's IP address as CloudFront saw it. */
  readonly viewerAddress?: string;
}

export interface UncheckedCallerEnvelope extends CallerEnvelope {
  readonly caller: Exclude<Caller, { kind: "service" | "anonymous" }>;
  readonly signIn: UncheckedSignIn;
}

export interface CallerHeaderOptions {
  readonly viewerAddress?: string | undefined;
  /** 1 has neither `issuer`, `signedInAt` nor `claims`, and says no version. A backend reads both. */
  readonly version: 1 | 2;
  /** For {@link uncheckedCallerHeader}, which is always of version 2. */
  readonly signIn?: UncheckedSignIn | undefined;
}

/** What may be said of a caller, of whatever kind. */
interface Members {
  readonly kind: string;
  readonly sub?: string;
  readonly username?: string;
  readonly clientId?: string;
  readonly groups?: readonly string[];
  readonly scopes?: readonly string[];
  readonly issuer?: string;
  readonly signedInAt?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/**
 * The value of {@link callerHeader} and {@link uncheckedCallerHeader}: base64url without padding of a JSON object, the
 * members of {@link Caller}, `viewerAddress`, the version `v`, and those of {@link UncheckedSignIn}.
 *
 * @throws {TypeError} for an address that is none.
 * @throws {GuardError} `headers_too_large` when it is over 8 KB.
 */
export function toCallerHeader(
  caller: CallerEnvelope["caller"],
  { viewerAddress, version, signIn }: CallerHeaderOptions,
): string {
  if (viewerAddress !== undefined && !isAddress(viewerAddress))
    throw new TypeError("the viewer's address is not an IP address");
  const { kind, sub, username, clientId, groups, scopes, issuer, signedInAt, claims }: Members =
    caller;
  const since2 = version === 1 ? {} : { v: version, issuer, signedInAt, claims };
  // Only these, in this order: a caller may hold more than what is meant for the backend.
  const members = {
    v: since2.v,
    kind,
    sub,
    username,
    clientId,
    groups,
    scopes,
    issuer: since2.issuer,
    signedInAt: since2.signedInAt,
    claims: since2.claims,
    viewerAddress,
    authTime: signIn?.authTime,
    session: signIn?.session,
  };
  const value = Buffer.from(JSON.stringify(members)).toString("base64url");
  if (value.length > maxCallerHeaderBytes) {
    throw new GuardError(
      "headers_too_large",
      "The caller has more groups and scopes than fit in a header of 8 KB. Ask an administrator to take some away.",
      { largest: { header: callerHeader, bytes: callerHeader.length + value.length + 4 } },
    );
  }
  return value;
}

/**
 * Reads {@link callerHeader} back, strictly: what no guard of this version or the one before writes is not accepted.
 *
 * @param values every value of the header; exactly one is right.
 * @throws {TypeError} for anything else: the edge and the backend disagree, which is nobody else's fault.
 */
export function fromCallerHeader(values: readonly string[]): CallerEnvelope {
  const { viewerAddress, ...members } = decode(values, callerHeader);
  return { caller: parseCaller(members), ...addressIn(viewerAddress) };
}

/**
 * Reads {@link uncheckedCallerHeader} back. The caller is nobody's until the sign-in was looked up.
 *
 * @throws {TypeError} as {@link fromCallerHeader} does.
 */
export function fromUncheckedCallerHeader(values: readonly string[]): UncheckedCallerEnvelope {
  const { viewerAddress, authTime, session, ...members } = decode(values, uncheckedCallerHeader);
  const caller = parseCaller(members);
  if (members["v"] !== 2 || caller.kind === "anonymous" || !isTime(authTime))
    throw new TypeError(`${uncheckedCallerHeader} does not say whose sign-in is to be looked up`);
  const envelope = { caller, ...addressIn(viewerAddress) };
  if (session === undefined) return { ...envelope, signIn: { authTime } };
  if (session !== "page" && session !== "script")
    throw new TypeError(`${uncheckedCallerHeader} has another kind of session`);
  return { ...envelope, signIn: { authTime, session } };
}

function decode(values: readonly string[], name: string): Readonly<Record<string, unknown>> {
  const [value, ...others] = values;
  if (value === undefined || others.length > 0)
    throw new TypeError(`${name} needs exactly one value, there are ${values.length}`);
  if (value.length > maxCallerHeaderBytes) throw new TypeError(`${name} is over 8 KB`);
  const bytes = Buffer.from(value, "base64url");
  // Encoded again it differs when it held padding, left-over bits or any character of another alphabet.
  if (bytes.toString("base64url") !== value)
    throw new TypeError(`${name} is not canonical base64url`);
  return parseJsonObject(bytes);
}

function addressIn(viewerAddress: unknown): Pick<CallerEnvelope, "viewerAddress"> {
  if (viewerAddress === undefined) return {};
  if (!isAddress(viewerAddress)) throw new TypeError("viewerAddress is no IP address");
  return { viewerAddress };
}

function parseCaller(envelope: Readonly<Record<string, unknown>>): CallerEnvelope["caller"] {
  const {
    v = 1,
    kind,
    sub,
    username,
    clientId,
    groups,
    scopes,
    issuer,
    signedInAt,
    claims,
  } = envelope;
  const old = v === 1 && !("v" in envelope);
  const members = Object.keys(envelope).length - (old ? 0 : 1);
  if (old || v === 2) {
    if (kind === "anonymous" && members === 1) return { kind };
    if (
      kind === "user" &&
      members === (old ? 5 : claims === undefined ? 7 : 8) &&
      isName(sub) &&
      isName(username) &&
      isNameList(groups) &&
      isNameList(scopes)
    ) {
      if (old) return { kind, sub, username, groups, scopes };
      if (isName(issuer) && isTime(signedInAt) && (claims === undefined || isRecord(claims))) {
        const told = claims === undefined ? {} : { claims };
        return { kind, sub, username, groups, scopes, issuer, signedInAt, ...told };
      }
    }
    if (kind === "client" && members === (old ? 3 : 4) && isName(clientId) && isNameList(scopes)) {
      if (old) return { kind, clientId, scopes };
      if (isName(issuer)) return { kind, clientId, scopes, issuer };
    }
  }
  throw new TypeError(
    "the caller header does not hold an anonymous caller, a user or a client with exactly its members",
  );
}

function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new TypeError("the caller header is not JSON in UTF-8");
  }
  if (!isRecord(value)) throw new TypeError("the caller header is not a JSON object");
  return value;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isName);
}

/** Whether a text has the form of an IPv4 or IPv6 address. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^(?=.*[.:])[0-9A-Fa-f.:]{2,45}$/.test(value);
}
