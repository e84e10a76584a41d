import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import { MalformedResult, toResponseHead } from "./response-head.ts";
import type { ResponseHead } from "./response-head.ts";

/** Lambda's limit for a buffered result, in bytes. */
const maxResultBytes = 6_291_556;

/**
 * Turns the result of a buffered invocation into an answer.
 *
 * A result without `statusCode` is the body itself, as compact JSON; a bare string goes out without its quotes.
 *
 * @throws {MalformedResult} for a result that is not a response.
 */
export function toBufferedResponse(payload: Buffer): ResponseHead & { readonly body: Buffer } {
  if (payload.length > maxResultBytes) {
    throw new MalformedResult(
      `the result has ${payload.length} bytes; a buffered result may have at most ${maxResultBytes}`,
    );
  }
  const result = parsedResult(payload);
  if (!isRecord(result) || !Object.hasOwn(result, "statusCode")) {
    return {
      status: 200,
      headers: [["content-type", "application/json"]],
      body: Buffer.from(asText(result)),
    };
  }
  return { ...toResponseHead(result, "application/json"), body: resultBody(result) };
}

function parsedResult(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    throw new MalformedResult("the result is not JSON");
  }
}

function resultBody({ body, isBase64Encoded }: Readonly<Record<string, unknown>>): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (isBase64Encoded !== true) return Buffer.from(asText(body));
  if (typeof body !== "string" || body.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(body)) {
    throw new MalformedResult("isBase64Encoded is true, but the body is not base64");
  }
  return Buffer.from(body, "base64");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
