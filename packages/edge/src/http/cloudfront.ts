import { isAddress } from "@sst-gatehouse/core/caller";
import type { HttpBody, HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";
import { GuardError } from "@sst-gatehouse/core/errors";
import { exactReadings } from "@sst-gatehouse/core/path-readings";
import { traceHeader } from "@sst-gatehouse/core/trace";
import { encodeRaw } from "@sst-gatehouse/core/wire";
import type { CloudFrontHeaders, CloudFrontRequest, CloudFrontRequestEvent } from "aws-lambda";

import { settled } from "../once.ts";
import { type Trace, traceOf } from "./trace.ts";

/** One origin-request event, checked and taken apart. */
export interface OriginRequest {
  /** The distribution's own name; a viewer cannot choose it. */
  readonly distributionDomainName: string;
  /** The `X-Amz-Cf-Id` that the viewer sees. */
  readonly requestId: string;
  /** The viewer's address, as CloudFront saw it. */
  readonly clientIp: string;
  /** The origin that CloudFront is about to call. */
  readonly origin: { readonly domainName: string; readonly path: string } | undefined;
  readonly trace: Trace;
  readonly http: HttpRequest;
  /** Every reading of the path, worked out when somebody asks, and then once. @throws {GuardError} `path_malformed`. */
  readonly readings: () => readonly string[];
  /** The request to give back; only its headers, path and query may change. */
  readonly request: CloudFrontRequest;
}

/**
 * @param hosts of the Function URLs, and of the site's bucket. The one that the event names as origin goes on the wire; the
 *   first where it names none of them, which nobody may sign for.
 * @throws {GuardError} `header_malformed` for an event whose parts are missing or of the wrong type.
 */
export function fromCloudFrontEvent(
  event: CloudFrontRequestEvent,
  hosts: readonly [string, ...string[]],
): OriginRequest {
  const cf = event?.Records?.[0]?.cf;
  const request = cf?.request;
  const config = cf?.config;
  if (!isObject(request) || !isObject(config) || !isObject(request.headers))
    throw malformed("a part is missing");
  for (const text of [
    request.method,
    request.uri,
    request.querystring,
    request.clientIp,
    config.requestId,
    config.distributionDomainName,
  ]) {
    if (typeof text !== "string") throw malformed("a part has the wrong type");
  }
  // Only CloudFront writes it, and the caller header takes nothing else.
  if (!isAddress(request.clientIp)) throw malformed("the viewer's address is not an IP address");
  const headers = fromCloudFrontHeaders(request.headers);
  const path = encodeRaw(request.uri);
  const origin = request.origin?.custom ?? request.origin?.s3;
  return {
    requestId: config.requestId,
    distributionDomainName: config.distributionDomainName,
    clientIp: request.clientIp,
    trace: traceOf(headers[traceHeader]),
    origin: isObject(origin) ? { domainName: origin.domainName, path: origin.path } : undefined,
    http: {
      method: request.method,
      host: hosts.find((host) => host === origin?.domainName) ?? hosts[0],
      path,
      query: request.querystring,
      headers,
      body: bodyOf(request, headers),
    },
    readings: settled(() => exactReadings(path)),
    request,
  };
}

/**
 * The event's own request with the signed headers, path and query. Everything else stays as CloudFront gave it, because
 * adding, changing or dropping a read-only header (`via`, `content-length`, …) makes CloudFront answer 502.
 */
export function toCloudFrontRequest(
  original: CloudFrontRequest,
  signed: HttpRequest,
): CloudFrontRequest {
  const headers: CloudFrontHeaders = {};
  for (const name of Object.keys(signed.headers)) {
    const values = signed.headers[name] ?? [];
    // Of its own: every object has a `constructor`.
    const before = Object.hasOwn(original.headers, name) ? original.headers[name] : undefined;
    headers[name] = sameValues(before, values)
      ? before
      : values.map((value) => ({ key: name, value }));
  }
  return { ...original, headers, uri: signed.path, querystring: signed.query };
}

function fromCloudFrontHeaders(headers: CloudFrontHeaders): HttpHeaders {
  const result: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) {
    const lines = headers[name];
    // Not a header anybody sends for good: as a member it would be the object's prototype.
    if (name === "__proto__") continue;
    if (!Array.isArray(lines)) throw malformed("a header is not a list");
    result[name.toLowerCase()] = lines.map((line) => {
      if (typeof line?.value !== "string") throw malformed("a header value is not text");
      return line.value;
    });
  }
  return result;
}

function sameValues(
  before: CloudFrontHeaders[string] | undefined,
  values: readonly string[],
): before is CloudFrontHeaders[string] {
  return (
    before !== undefined &&
    before.length === values.length &&
    before.every((line, index) => line.value === values[index])
  );
}

/**
 * CloudFront shows the first 1 MB of a body, and of a DELETE, OPTIONS, GET or HEAD none of it. Where a header says
 * that there are bytes we cannot see, the body is hidden: its hash is not ours to compute.
 */
function bodyOf(request: CloudFrontRequest, headers: HttpHeaders): HttpBody {
  const body = request.body;
  const data = isObject(body) ? body.data : "";
  if (typeof data !== "string") throw malformed("the body is not text");
  if (isObject(body) && body.inputTruncated) return { kind: "hidden" };
  if (data === "" && announcesBody(request.method, headers)) return { kind: "hidden" };
  if (data === "") return emptyBody;
  const encoding = isObject(body) && body.encoding === "text" ? "utf8" : "base64";
  return {
    kind: "visible",
    get bytes() {
      return decode(data, encoding);
    },
  };
}

const emptyBody: HttpBody = { kind: "visible", bytes: new Uint8Array(0) };

/** CloudFront shows the body of these methods; chunks without a byte in them are then an empty body. */
const shownMethods = new Set(["POST", "PUT", "PATCH"]);

function announcesBody(method: string, headers: HttpHeaders): boolean {
  const length = headers["content-length"];
  if (length !== undefined) return !(length.length === 1 && /^0+$/.test(length[0] ?? ""));
  return headers["transfer-encoding"] !== undefined && !shownMethods.has(method);
}

let scratch = Buffer.alloc(0);

/**
 * Decodes into one buffer that every request uses again: fresh memory for each megabyte costs more than the decoding.
 * The view is good until the next call, so hash `bytes` before you await anything.
 */
function decode(data: string, encoding: "base64" | "utf8"): Uint8Array {
  const most = encoding === "base64" ? Math.ceil((data.length * 3) / 4) : data.length * 3;
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
  return scratch.subarray(0, scratch.write(data, encoding));
}

function isObject<T>(value: T): value is T & object {
  return typeof value === "object" && value !== null;
}

function malformed(what: string): GuardError {
  return new GuardError("header_malformed", `The request could not be read: ${what}.`);
}
