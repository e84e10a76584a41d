import type { AccessRules } from "@sst-gatehouse/core/access";
import {
  authorizationHeader,
  type CallerEnvelope,
  callerHeader,
  type CallerHeaderOptions,
  forwardedHostHeader,
  originHeader,
  type UncheckedSignIn,
  toCallerHeader,
  tokenHeader,
  uncheckedCallerHeader,
  type Caller,
} from "@sst-gatehouse/core/caller";
import { GuardError } from "@sst-gatehouse/core/errors";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import { requireAccess } from "@sst-gatehouse/core/require-access";
import type { Sign } from "@sst-gatehouse/core/signer";
import { traceHeader } from "@sst-gatehouse/core/trace";

import { notesOn } from "./caller-notes.ts";
import { requireBodyFits } from "./http/body-limit.ts";
import type { OriginRequest } from "./http/cloudfront.ts";
import { isNavigation } from "./http/navigation.ts";
import { toTraceParent } from "./http/trace.ts";
import type { Identified } from "./identify.ts";
import type { Steps } from "./log.ts";
import { declaredBodyHash, withoutRefusedHeaders } from "./http/viewer-headers.ts";

/** CloudFront's limit for path and query together, in a request that a function returns. */
const maxUrlCharacters = 8192;

/** CloudFront's smaller documented limit for headers and URL (20,480), less what it adds itself after the guard. */
const maxHeadBytes = 20_480 - 512;
/** `: ` and the end of the line. */
const headerOverheadBytes = 4;

export interface GuardDeps {
  readonly sign: Sign;
  readonly access: AccessRules;
  /** Makes the request for a file of the site, which CloudFront signs; nothing for a backend's request. */
  readonly fileRequest: (request: HttpRequest) => HttpRequest | undefined;
  /** Whether the backend gets the bearer token as `x-gatehouse-token`. */
  readonly forwardToken: boolean;
  /** Names of the cookies that the backend gets; absent: all but the guard's own. */
  readonly forwardCookies: readonly string[] | undefined;
  /** What all headers may have together: name, value and 4 for each line, signed and with those of the guard. */
  readonly originHeaderBytes: number;
  /** Makes the refusal of a request that has more. */
  readonly headersTooLarge: (request: HttpRequest, bytes: number) => GuardError;
  /** Of the caller header, where the guard itself has looked the sign-in up. */
  readonly callerVersion: CallerHeaderOptions["version"];
}

export interface Admitted {
  /** Ready for the origin: signed, or for a file. */
  readonly request: HttpRequest;
  readonly caller: Caller;
  /** The access rule that let it in. */
  readonly rule: string;
}

export interface Asked extends Pick<OriginRequest, "http" | "clientIp" | "readings" | "trace"> {
  readonly steps: Pick<Steps, "end">;
  /** Whether the backend is to look up if the sign-in was ended. */
  readonly backendChecks: boolean;
  /** The app's own, `https://<host>`; the backend is told. */
  readonly origin: string;
}

/** @param who is calling; the guard decides what they may do. @returns a promise only where the signer gave one. */
export type Guard = (asked: Asked, who: Identified) => Admitted | Promise<Admitted>;

/**
 * Admits a request whose caller the access rules allow, and signs it for the origin, unless it is for a file.
 *
 * @throws {GuardError} `token_missing`, or the session's problem, when the caller must sign in (again); `access_denied`
 *   when signing in would not help; `path_*`, `query_malformed`, `body_*`, `headers_too_large` for what cannot be passed
 *   on. Never forwards a request to a Function URL unsigned.
 */
export function createGuard({
  sign,
  access,
  fileRequest,
  forwardToken,
  forwardCookies,
  callerVersion,
  originHeaderBytes,
  headersTooLarge,
}: GuardDeps): Guard {
  return (asked, who) => {
    const { http: request, clientIp, readings, trace, steps, backendChecks, origin } = asked;
    const { caller, bearer, ownAuthorization } = who;
    const { method, path } = request;
    const rule = requireAccess(access, { method, path, readings }, caller, who.problem);
    steps.end("rules");
    const file = fileRequest(request);
    if (file !== undefined) return { request: file, caller, rule };
    const bodyHash = requireBody(request);
    const signIn = backendChecks ? unchecked(request, who) : undefined;
    const headers = withoutRefusedHeaders(request.headers, forwardCookies);
    headers[signIn === undefined ? callerHeader : uncheckedCallerHeader] = [
      callerHeaderOf(caller, {
        viewerAddress: clientIp,
        version: signIn === undefined ? callerVersion : 2,
        signIn,
      }),
    ];
    if (forwardToken && bearer !== undefined) headers[tokenHeader] = [bearer];
    if (ownAuthorization !== undefined) headers[authorizationHeader] = [ownAuthorization];
    headers[originHeader] = [origin];
    headers[forwardedHostHeader] = [origin.slice(origin.indexOf("//") + 2)];
    if (!trace.continued) delete headers["tracestate"];
    headers[traceHeader] = [toTraceParent(trace)];
    headers["host"] = [request.host];
    const admit = (signed: HttpRequest): Admitted => {
      requireFits(signed);
      return { request: signed, caller, rule };
    };
    const signed = sign({ ...request, headers }, bodyHash);
    return signed instanceof Promise ? signed.then(admit) : admit(signed);
  };

  function requireFits(signed: HttpRequest): void {
    requireShortUrl(signed);
    const room = Math.min(
      originHeaderBytes,
      maxHeadBytes - signed.path.length - signed.query.length,
    );
    // A character has three bytes at most: who is that far below the limit need not be measured.
    if (headerBytes(signed, ({ length }) => 3 * length) <= room) return;
    const bytes = headerBytes(signed, (value) => Buffer.byteLength(value));
    if (bytes > room) throw headersTooLarge(signed, bytes);
  }
}

/** Written once for a token that is remembered, while its caller stays at one address. */
function callerHeaderOf(caller: CallerEnvelope["caller"], options: CallerHeaderOptions): string {
  const { viewerAddress, version, signIn } = options;
  const asked = `${version} ${viewerAddress} ${signIn?.authTime} ${signIn?.session}`;
  const notes = notesOn(caller);
  if (notes.header?.asked !== asked)
    notes.header = { asked, value: toCallerHeader(caller, options) };
  return notes.header.value;
}

/** What the backend has to know to look the sign-in up; nothing for nobody. */
function unchecked(
  request: HttpRequest,
  { token, bearer }: Identified,
): UncheckedSignIn | undefined {
  if (token === undefined) return undefined;
  const session = isNavigation(request) ? "page" : "script";
  return { authTime: token.authTime, session: bearer === undefined ? session : undefined };
}

/** Percent-encoding can make a query three times as long as it came, and CloudFront takes no more than this from a function. */
function requireShortUrl({ path, query }: HttpRequest): void {
  if (path.length + 1 + query.length < maxUrlCharacters) return;
  throw new GuardError(
    "query_malformed",
    `The URL has more than ${maxUrlCharacters} characters once its query is percent-encoded. Send a shorter query, or a body.`,
  );
}

/** The guard's own headers (credentials, caller) come on top of the viewer's, and count too. */
function headerBytes({ headers }: HttpRequest, lengthOf: (value: string) => number): number {
  let bytes = 0;
  for (const name of Object.keys(headers)) {
    for (const value of headers[name] ?? [])
      bytes += name.length + lengthOf(value) + headerOverheadBytes;
  }
  return bytes;
}

/** @returns the hash to sign where the bytes are hidden; the signer hashes what it sees, and refuses what nobody hashed. */
function requireBody({ body, headers }: HttpRequest): string | undefined {
  requireBodyFits(headers);
  return body.kind === "visible" ? undefined : declaredBodyHash(headers);
}
