import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";

import type { Clock } from "../clock.ts";
import type { Identities, Identity } from "../iam/identities.ts";
import { splitTarget } from "../sigv4/signed-request.ts";
import type { SignedRequest } from "../sigv4/signed-request.ts";
import { verifySignature } from "../sigv4/verify-signature.ts";
import { readBody } from "../read-body.ts";
import { printableHost } from "../without-secrets.ts";
import type { Call } from "./answer.ts";
import { authorizeCall } from "./authorize-call.ts";
import { toFunctionUrlEvent } from "./event.ts";
import type { FunctionUrlEvent } from "./event.ts";
import {
  badSignature,
  forbidden,
  invalidQuery,
  tooLarge,
  unknownHost,
  unsigned,
} from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/** Lambda's limit for an event, in bytes of its JSON; a base64 body counts as base64. */
const maxEventBytes = 6_291_456;

/**
 * What all header lines may have, counting name, value and 4 for each. Nothing of AWS's says so; users found refusals
 * above about 10 KB, with the same answer as for a body that is too large.
 *
 * @see https://github.com/anomalyco/sst/issues/5705
 */
const maxHeaderBytes = 10_240;

export interface AdmissionRules {
  /** `<id>.lambda-url.<region>.on.aws` */
  readonly host: string;
  readonly region: string;
  /** The account of the function. */
  readonly accountId: string;
  readonly functionArn: string;
  readonly identities: Identities;
  readonly clock: Clock;
}

/**
 * Checks host, size of headers and body, signature, permission, query and event size, in this order.
 *
 * @returns the event to invoke the function with, the refusal, or `gone` when the client left.
 */
export async function admit(
  call: Call,
  options: AdmissionRules,
): Promise<{ event: FunctionUrlEvent } | Refusal | "gone"> {
  const headers = headerPairs(call.request.rawHeaders);
  const wrongHost = hostRefusal(headers, options.host);
  if (wrongHost) return wrongHost;
  const headerBytes = headers.reduce(
    (sum, [name, value]) => sum + name.length + value.length + 4,
    0,
  );
  if (headerBytes > maxHeaderBytes)
    return tooLarge(
      `the headers have ${headerBytes} bytes; a Function URL takes ${maxHeaderBytes}`,
    );
  const body = await readBody(call.request, { maxBytes: maxEventBytes, beyond: "dropped" });
  if (body === "cut-off") return "gone";
  if (body === "too-large") return tooLarge(`the body has more than ${maxEventBytes} bytes`);

  const signed: SignedRequest = {
    method: call.request.method ?? "",
    target: call.request.url ?? "",
    headers,
    body,
  };
  const { query } = splitTarget(signed.target);
  if (/[[\]]/.test(query)) return forbidden("the query has a raw `[` or `]`: send %5B and %5D");
  const identity = identify(signed, options);
  if ("status" in identity) return identity;
  const denied = authorizeCall(identity, options);
  if (denied) return denied;
  if (query.split("&").some((pair) => pair.split("=")[0]?.includes("/"))) {
    return invalidQuery("a query name has a raw `/`: send %2F");
  }
  const event = toFunctionUrlEvent({
    request: signed,
    identity,
    host: options.host,
    requestId: call.requestId,
    traceHeader: call.trace.header,
    peer: peerOf(call.request),
    httpVersion: call.request.httpVersion,
    tls: tlsOf(call.request),
    nowMs: options.clock.now(),
  });
  const eventBytes = Buffer.byteLength(JSON.stringify(event));
  if (eventBytes > maxEventBytes) {
    const base64 = event.isBase64Encoded ? ", its body as base64" : "";
    return tooLarge(
      `the event would have ${eventBytes} bytes${base64}; Lambda takes at most ${maxEventBytes}`,
    );
  }
  return { event };
}

function hostRefusal(headers: SignedRequest["headers"], host: string): Refusal | undefined {
  const hosts = headers.filter(([name]) => name.toLowerCase() === "host").map(([, value]) => value);
  const [named, ...others] = hosts;
  if (
    named !== undefined &&
    others.length === 0 &&
    named.toLowerCase().replace(/:\d+$/, "") === host
  )
    return undefined;
  return unknownHost(
    named !== undefined && others.length === 0
      ? `no function has the host ${printableHost(named)}; this one is ${host}`
      : `the request has ${hosts.length} Host headers`,
  );
}

function identify(signed: SignedRequest, options: AdmissionRules): Identity | Refusal {
  const verdict = verifySignature(signed, {
    service: "lambda",
    region: options.region,
    identities: options.identities,
    nowMs: options.clock.now(),
  });
  if (verdict.kind === "signed") return verdict.identity;
  if (verdict.kind === "refused") return badSignature(verdict);
  return unsigned("the request is not signed, and this Function URL accepts only IAM signatures");
}

function headerPairs(rawHeaders: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return pairs;
}

function peerOf({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
}

/** The connection's own version and cipher; behind a plain server, those that AWS uses today. */
function tlsOf({ socket }: IncomingMessage): { version: string; cipher: string } {
  if (!(socket instanceof TLSSocket))
    return { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256" };
  return { version: socket.getProtocol() ?? "TLSv1.3", cipher: socket.getCipher().name };
}
