import { hash } from "node:crypto";

import {
  authorizationHeader,
  callerHeader,
  forwardedHostHeader,
  originHeader,
  tokenHeader,
  uncheckedCallerHeader,
} from "../caller.ts";
import { GuardError } from "../errors.ts";
import type { HttpBody, HttpHeaders, HttpRequest } from "../http-request.ts";
import { signByLibrary } from "./library-signature.ts";
import { traceHeader } from "../trace.ts";
import { createQuickSignature, type Credentials } from "./quick-signature.ts";
import { canonicalQuery, sortedQuery } from "./wire.ts";

export type { Credentials } from "./quick-signature.ts";

export interface SignerDeps {
  /** Asked once per request: temporary credentials are replaced while a function lives. */
  readonly credentials: () => Credentials;
  /** Whole seconds since the epoch. Read once per request. */
  readonly now: () => number;
  /** An AWS API to sign for; a Lambda Function URL, in the region of its name, when left out. */
  readonly api?: { readonly service: string; readonly region: string };
}

/** The region of the signature is the function's own, not the one this code happens to run in. */
const functionUrlHost = /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;

/** Signed, so that nothing between here and the function can change who is calling, and where. */
const identityHeaders = [
  callerHeader,
  uncheckedCallerHeader,
  tokenHeader,
  authorizationHeader,
  originHeader,
  forwardedHostHeader,
  traceHeader,
];

/** Signed of every request; the last one where there is a session token. */
const sessionTokenHeader = "x-amz-security-token";
const ownHeaders = ["host", "x-amz-content-sha256", "x-amz-date", sessionTokenHeader];

/** What an AWS API wants signed of what it is sent: the operation, and the form of the input. */
const apiHeaders = ["content-type", "x-amz-target"];

/** What a signer sets. Whatever arrived under these names goes: a foreign `x-amz-content-sha256` would be signed as it is. */
const signatureHeader = /^(?:authorization$|x-amz-)/i;

/** SHA-256 of no bytes. */
const emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Signs a request. A promise only where the library signs, which is seldom.
 *
 * @param bodyHash for a body that is hidden, its SHA-256 (64 lower-case hex digits); it does not count for a visible body.
 */
export type Sign = (request: HttpRequest, bodyHash?: string) => HttpRequest | Promise<HttpRequest>;

/**
 * Makes a function that signs a request for a Lambda Function URL, or for an AWS API, with SigV4.
 *
 * Signed are `host`, the `x-amz-*` headers set here and Gatehouse's identity headers. Nothing else: the way to the
 * function adds and changes `via`, `x-forwarded-for` and others, and a signed header that changes is a refusal.
 *
 * The returned function gives the request with its query in canonical form, without the `authorization` and `x-amz-*` headers
 * it came with (`x-amz-target` of an AWS API is kept, and signed), and with `authorization`, `x-amz-date`,
 * `x-amz-content-sha256` and, for temporary credentials, `x-amz-security-token`. The path is signed as it stands. There is no
 * result without a signature.
 *
 * It throws a `GuardError`: `origin_unknown` for a host that is no Function URL's, `query_malformed`,
 * `body_hash_required` for a hidden body without a hash; and a `TypeError` for a hash in another form or empty credentials.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner({ credentials, now, api }: SignerDeps): Sign {
  const service = api?.service ?? "lambda";
  const signedNames = [...ownHeaders, ...(api ? apiHeaders : identityHeaders)].toSorted();
  const signQuickly = createQuickSignature();
  const regionAt = keepingLast(regionOf);
  const timestampOf = keepingLast(toTimestamp);
  // The session token is long, and the same in every request.
  const tidyToken = keepingLast(tidy);

  return (request, bodyHash) => {
    const region = api?.region ?? regionAt(request.host);
    const query = canonicalQuery(request.query);
    const payloadHash = hashOf(request.body, bodyHash);
    const credential = requireCredentials(credentials());
    const timestamp = timestampOf(now());
    const headers = withoutSignature(request.headers);
    headers["x-amz-content-sha256"] = [payloadHash];
    headers["x-amz-date"] = [timestamp];
    const { sessionToken } = credential;
    if (sessionToken) headers[sessionTokenHeader] = [sessionToken];
    const target = api && request.headers["x-amz-target"];
    if (target) headers["x-amz-target"] = target;

    const toSign = {
      method: request.method,
      path: request.path,
      query: sortedQuery(query),
      headers: canonicalHeaders(request.host, headers, signedNames, tidyToken),
      payloadHash,
    };
    const context = { credential, region, service, timestamp };
    const signed = (authorization: string): HttpRequest => {
      headers["authorization"] = [authorization];
      return { ...request, query, headers };
    };
    const authorization = signQuickly(toSign, context);
    return authorization === undefined
      ? signByLibrary(toSign, context).then(signed)
      : signed(authorization);
  };
}

/** Computes again only when it is asked for something else than the last time. */
function keepingLast<Asked>(compute: (asked: Asked) => string): (asked: Asked) => string {
  let last: { readonly asked: Asked; readonly text: string } | undefined;
  return (asked) => {
    if (last?.asked !== asked || last === undefined) last = { asked, text: compute(asked) };
    return last.text;
  };
}

/** By hand: the first `toISOString` of a process takes as long as ten RSA checks. @throws {RangeError} for no time. */
function toTimestamp(now: number): string {
  if (!Number.isFinite(now)) throw new RangeError("the clock does not tell the time");
  const at = new Date(now * 1000);
  const day = `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${day}T${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}Z`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

function withoutSignature(headers: HttpHeaders): Record<string, readonly string[]> {
  const kept: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? [];
    if (signatureHeader.test(name)) continue;
    // A header may be called `__proto__`, which an assignment takes for something else.
    if (name === "__proto__") Object.defineProperty(kept, name, { value, ...ofAnAssignment });
    else kept[name] = value;
  }
  return kept;
}

const ofAnAssignment = { configurable: true, enumerable: true, writable: true };

function canonicalHeaders(
  host: string,
  headers: HttpHeaders,
  names: readonly string[],
  tidyToken: (value: string) => string,
): (readonly [name: string, value: string])[] {
  const lines: (readonly [string, string])[] = [];
  for (const name of names) {
    const values = name === "host" ? [host] : headers[name];
    if (values === undefined || values.length === 0) continue;
    const [first = ""] = values;
    const value = values.length === 1 ? first : values.map((line) => line.trim()).join(",");
    lines.push([name, name === sessionTokenHeader ? tidyToken(value) : tidy(value)]);
  }
  return lines;
}

/** SigV4 trims the lines of a header, joins them with commas, and leaves one space of many. */
function tidy(value: string): string {
  // Most values have none at all.
  return /[^!-~]/.test(value) ? value.trim().replaceAll(/\s+/g, " ") : value;
}

function regionOf(host: string): string {
  const region = functionUrlHost.exec(host)?.[1];
  if (region === undefined)
    throw new GuardError("origin_unknown", "Requests are signed for Lambda Function URLs only.");
  return region;
}

function hashOf(body: HttpBody, bodyHash: string | undefined): string {
  if (bodyHash !== undefined && !/^[0-9a-f]{64}$/.test(bodyHash)) {
    throw new TypeError("the body's hash has to be 64 lower-case hex digits");
  }
  if (body.kind === "hidden") {
    if (bodyHash !== undefined) return bodyHash;
    throw new GuardError(
      "body_hash_required",
      "CloudFront shows only the first megabyte of a body, and none of a DELETE. Send the header x-amz-content-sha256 with the SHA-256 of the whole body as 64 lower-case hex digits.",
    );
  }
  // Read once: the edge decodes a body when it is asked for.
  const { bytes } = body;
  if (bytes.length === 0) return emptyBodyHash;
  return hash("sha256", bytes);
}

function requireCredentials(credentials: Credentials): Credentials {
  if (credentials.accessKeyId === "" || credentials.secretAccessKey === "") {
    throw new TypeError("there are no credentials to sign with");
  }
  return credentials;
}
