import { isRecord } from "./is-record.ts";
import { GuardError } from "./errors.ts";

/** Who is calling. Identity is issuer and `sub`, never e-mail or username. */
export type Caller =
  | { kind: "anonymous" }
  /** `scopes` come from access tokens only: `[]` for the bearer of an ID token. */
  | { kind: "user"; sub: string; username: string; groups: string[]; scopes: string[] }
  | { kind: "client"; clientId: string; scopes: string[] }
  /** An IAM principal other than the edge role, straight at the Function URL. Never from a header. */
  | { kind: "service"; arn: string };

/** How the guard tells the backend who is calling. */
export const callerHeader = "x-gatehouse-caller";
/** The caller's bearer token, for a backend that asks for it. */
export const tokenHeader = "x-gatehouse-token";

/** Of the encoded value. The largest token (12 KB) may name more groups than one header should carry. */
export const maxCallerHeaderBytes = 8 * 1024;

export interface CallerEnvelope {
  readonly caller: Exclude<Caller, { kind: "service" }>;
  /** The viewer's IP address as CloudFront saw it. */
  readonly viewerAddress?: string;
}

/**
 * The value of {@link callerHeader}: base64url without padding of a JSON object, the members of {@link Caller} and `viewerAddress`.
 *
 * @throws {TypeError} for an IAM service, which no header can claim to be, and for an address that is none.
 * @throws {GuardError} `headers_too_large` when it is over 8 KB.
 */
export function toCallerHeader(caller: Caller, viewerAddress?: string): string {
  if (viewerAddress !== undefined && !isAddress(viewerAddress))
    throw new TypeError("the viewer's address is not an IP address");
  const envelope = {
    ...callerMembers(caller),
    ...(viewerAddress !== undefined && { viewerAddress }),
  };
  const value = Buffer.from(JSON.stringify(envelope)).toString("base64url");
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
 * Reads {@link callerHeader} back, strictly: what the guard does not write is not accepted.
 *
 * @param values every value of the header; exactly one is right.
 * @throws {TypeError} for anything else: the edge and the backend disagree, which is nobody else's fault.
 */
export function fromCallerHeader(values: readonly string[]): CallerEnvelope {
  const [value, ...others] = values;
  if (value === undefined || others.length > 0)
    throw new TypeError(`${callerHeader} needs exactly one value, there are ${values.length}`);
  if (value.length > maxCallerHeaderBytes) throw new TypeError(`${callerHeader} is over 8 KB`);
  const bytes = Buffer.from(value, "base64url");
  // Encoded again it differs when it held padding, left-over bits or any character of another alphabet.
  if (bytes.toString("base64url") !== value)
    throw new TypeError(`${callerHeader} is not canonical base64url`);

  const envelope = parseJsonObject(bytes);
  const { viewerAddress } = envelope;
  if (viewerAddress === undefined) return { caller: parseCaller(envelope, 0) };
  if (!isAddress(viewerAddress))
    throw new TypeError(`${callerHeader}: viewerAddress is not an IP address`);
  return { caller: parseCaller(envelope, 1), viewerAddress };
}

function callerMembers(caller: Caller): CallerEnvelope["caller"] {
  switch (caller.kind) {
    case "anonymous":
      return { kind: "anonymous" };
    case "user": {
      const { kind, sub, username, groups, scopes } = caller;
      return { kind, sub, username, groups, scopes };
    }
    case "client": {
      const { kind, clientId, scopes } = caller;
      return { kind, clientId, scopes };
    }
    default:
      throw new TypeError("a service does not come through the guard, so no header tells of it");
  }
}

function parseCaller(
  envelope: Readonly<Record<string, unknown>>,
  otherMembers: number,
): CallerEnvelope["caller"] {
  const { kind, sub, username, clientId, groups, scopes } = envelope;
  const members = Object.keys(envelope).length - otherMembers;
  if (kind === "anonymous" && members === 1) return { kind };
  if (
    kind === "user" &&
    members === 5 &&
    isName(sub) &&
    isName(username) &&
    isNameList(groups) &&
    isNameList(scopes)
  ) {
    return { kind, sub, username, groups, scopes };
  }
  if (kind === "client" && members === 3 && isName(clientId) && isNameList(scopes))
    return { kind, clientId, scopes };
  throw new TypeError(
    `${callerHeader} does not hold an anonymous caller, a user or a client with exactly its members`,
  );
}

function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new TypeError(`${callerHeader} is not JSON in UTF-8`);
  }
  if (!isRecord(value)) throw new TypeError(`${callerHeader} is not a JSON object`);
  return value;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isName);
}

/** Whether a text has the form of an IPv4 or IPv6 address. */
export function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^(?=.*[.:])[0-9A-Fa-f.:]{2,45}$/.test(value);
}
