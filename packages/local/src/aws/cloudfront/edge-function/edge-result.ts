import { isRecord, type JsonRecord } from "@sst-gatehouse/blueprint/is-record";

import { decodeBase64 } from "./decode-base64.ts";
import { maxExposedBodyBytes } from "./edge-event.ts";
import type { EdgeBody, EdgeRequest } from "./edge-event.ts";
import { parseGeneratedResponse } from "./generated-response.ts";
import type { GeneratedResponse } from "./generated-response.ts";
import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import { awsSentences, InvalidEdgeResult, ownSentences } from "./invalid-edge-result.ts";
import { parseBucketOrigin, parseResultOrigin } from "./result-origin.ts";
import type { ResultOrigin } from "./result-origin.ts";
import { parseResultHeaders, refuseDisallowed, refuseReadOnlyChanges } from "./result-headers.ts";
import { maxUrlBytes } from "../viewer/viewer-request.ts";

/** What an origin-request function asked for, once it has passed CloudFront's validation. */
export type EdgeResult =
  | ({ readonly kind: "forward" } & ForwardedRequest)
  | ({ readonly kind: "respond" } & GeneratedResponse);

export interface ForwardedRequest {
  readonly uri: string;
  readonly querystring: string;
  readonly headers: readonly HeaderLine[];
  readonly origin: ResultOrigin;
  /** Sent instead of the viewer's body; undefined: the viewer's whole body goes on. */
  readonly replacement: Buffer | undefined;
}

const requestFields = new Set([
  "body",
  "clientIp",
  "headers",
  "method",
  "origin",
  "querystring",
  "uri",
]);

/**
 * Reads an origin-request function's result as strictly as CloudFront does, and more strictly where AWS does not say:
 * a request comes back complete and with known fields only.
 *
 * @param request the one the function was given.
 * @throws {InvalidEdgeResult} with AWS's sentence and our reason.
 */
export function parseEdgeResult(payload: Buffer, request: EdgeRequest): EdgeResult {
  const result = parseObject(payload);
  return Object.hasOwn(result, "status")
    ? { kind: "respond", ...parseGeneratedResponse(result, payload.length) }
    : { kind: "forward", ...parseForwardedRequest(result, request) };
}

function parseObject(payload: Buffer): JsonRecord {
  let result: unknown;
  try {
    result = JSON.parse(payload.toString("utf8"));
  } catch {
    throw new InvalidEdgeResult(
      awsSentences.notParsable,
      `the function's ${payload.length} bytes of output are not JSON`,
    );
  }
  if (!isRecord(result)) {
    throw new InvalidEdgeResult(
      awsSentences.notAnObject,
      "the function returned neither a request nor a response",
    );
  }
  return result;
}

function parseForwardedRequest(result: JsonRecord, request: EdgeRequest): ForwardedRequest {
  const headers = parseResultHeaders(result["headers"]);
  const unknown = Object.keys(result).find((name) => !requestFields.has(name));
  if (unknown !== undefined) {
    throw new InvalidEdgeResult(
      ownSentences.field,
      `the returned request has an unknown field: ${JSON.stringify(unknown)}`,
    );
  }
  for (const name of ["method", "clientIp"] as const) {
    if (result[name] !== request[name])
      throw new InvalidEdgeResult(ownSentences.field, `${name} is read-only and was changed`);
  }
  refuseDisallowed(headers);
  refuseReadOnlyChanges(request.headers, headers);
  if (valuesOf(headers, "host").length > 1)
    throw new InvalidEdgeResult(ownSentences.header, "the returned request has two Host headers");
  const { uri, querystring } = parseTarget(result);
  const origin =
    request.origin.custom !== undefined
      ? parseResultOrigin(result["origin"], request.origin.custom)
      : parseBucketOrigin(result["origin"], request.origin.s3);
  const twice = origin.customHeaders.find(
    ([key]) => valuesOf(headers, key.toLowerCase()).length > 0,
  );
  if (twice !== undefined) {
    throw new InvalidEdgeResult(
      awsSentences.origin,
      `${twice[0]} is in headers and in origin.custom.customHeaders`,
    );
  }
  return { uri, querystring, headers, origin, replacement: parseBody(result["body"], request) };
}

function parseTarget({ uri, querystring }: JsonRecord): { uri: string; querystring: string } {
  if (typeof uri !== "string" || !uri.startsWith("/"))
    throw new InvalidEdgeResult(awsSentences.uri, "uri must be a string that starts with /");
  if (/[^\x21-\x7e\x80-\u{10ffff}]|[?#]/u.test(uri))
    throw new InvalidEdgeResult(
      awsSentences.uri,
      "uri contains a space, a control character, a ? or a #",
    );
  if (typeof querystring !== "string")
    throw new InvalidEdgeResult(
      awsSentences.uri,
      "querystring must be a string, empty when there is none",
    );
  if (/[^\x21-\x7e\x80-\u{10ffff}]|#/u.test(querystring)) {
    throw new InvalidEdgeResult(
      awsSentences.uri,
      "querystring contains a space, a control character or a #",
    );
  }
  const bytes = Buffer.byteLength(uri) + Buffer.byteLength(querystring);
  if (bytes >= maxUrlBytes) {
    throw new InvalidEdgeResult(
      awsSentences.uri,
      `uri and querystring have ${bytes} bytes; they must stay below ${maxUrlBytes}`,
    );
  }
  return { uri, querystring };
}

function parseBody(body: unknown, { method, body: before }: EdgeRequest): Buffer | undefined {
  if (!isRecord(body)) {
    throw new InvalidEdgeResult(
      awsSentences.body,
      "body is not an object: return the one from the event, IncludeBody always puts it there",
    );
  }
  const { action, data, encoding, inputTruncated, ...rest } = body;
  if (Object.keys(rest).length > 0 || inputTruncated !== before.inputTruncated) {
    throw new InvalidEdgeResult(
      ownSentences.field,
      "body.inputTruncated was changed, or body has an unknown field",
    );
  }
  if (!isAction(action) || !isEncoding(encoding) || typeof data !== "string") {
    throw new InvalidEdgeResult(
      awsSentences.body,
      "body must be {action: read-only or replace, data: text, encoding: base64 or text}",
    );
  }
  // With `read-only`, changes are ignored and the viewer's whole body is sent, even when the function saw only a part.
  if (action === "read-only") return undefined;
  const bytes = encoding === "base64" ? decodeBase64(data) : Buffer.from(data, "utf8");
  if (bytes === undefined)
    throw new InvalidEdgeResult(awsSentences.body, "body.data is not base64");
  if (bytes.length > maxExposedBodyBytes) {
    throw new InvalidEdgeResult(
      awsSentences.body,
      `the replaced body has ${bytes.length} bytes; the limit is 1 MB`,
    );
  }
  if (bytes.length > 0 && ["GET", "HEAD", "OPTIONS"].includes(method)) {
    throw new InvalidEdgeResult(awsSentences.body, `a ${method} request cannot be given a body`);
  }
  return bytes;
}

function isAction(value: unknown): value is EdgeBody["action"] {
  return value === "read-only" || value === "replace";
}

function isEncoding(value: unknown): value is EdgeBody["encoding"] {
  return value === "base64" || value === "text";
}
