import { validateHeaderName, validateHeaderValue } from "node:http";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";

/** Status and headers of an answer, as they go on the wire: one character per byte. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The function's result is not an HTTP response; the client gets 502. */
export class MalformedResult extends Error {
  override readonly name = "MalformedResult";
}

/** Headers that belong to Lambda or to the connection: a function's value arrives under another name. */
const remapped = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "date",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "www-authenticate",
]);

/**
 * Reads `statusCode`, `headers` and `cookies` of a function's result or of a stream's prelude.
 *
 * @param contentType for a function that names none.
 * @throws {MalformedResult} naming the wrong part.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function toResponseHead(
  result: Readonly<Record<string, unknown>>,
  contentType: string,
): ResponseHead {
  const headers = [...ownHeaders(result["headers"]), ...cookieHeaders(result["cookies"])];
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status: statusOf(result["statusCode"]),
    headers: hasType ? headers : [["content-type", contentType], ...headers],
  };
}

function statusOf(statusCode: unknown): number {
  const status =
    typeof statusCode === "string" && /^\d{3}$/.test(statusCode) ? Number(statusCode) : statusCode;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedResult(
      `statusCode ${JSON.stringify(statusCode)} is not a final HTTP status`,
    );
  }
  return status;
}

function ownHeaders(headers: unknown): [name: string, value: string][] {
  if (headers === undefined || headers === null) return [];
  if (!isRecord(headers)) throw new MalformedResult("headers is not an object");
  return Object.entries(headers).map(([name, value]) => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw new MalformedResult(
        `the header ${JSON.stringify(name)} is not a single string: join the values of a repeated header`,
      );
    }
    return [
      remapped.has(name.toLowerCase()) ? `x-amzn-Remapped-${name.toLowerCase()}` : name,
      onTheWire(name, String(value)),
    ];
  });
}

function cookieHeaders(cookies: unknown): [name: string, value: string][] {
  if (cookies === undefined || cookies === null) return [];
  if (!Array.isArray(cookies)) throw new MalformedResult("cookies is not an array");
  return cookies.map((cookie: unknown) => {
    if (typeof cookie !== "string")
      throw new MalformedResult("cookies holds something that is not a string");
    return ["set-cookie", onTheWire("set-cookie", cookie)];
  });
}

/**
 * A result is JSON, so a value is text. That Lambda sends it as UTF-8 is inferred.
 *
 * @returns the bytes, one character each, as Node writes them.
 */
function onTheWire(name: string, text: string): string {
  const value = Buffer.from(text, "utf8").toString("latin1");
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    // The value stays out of the message: it may be a cookie.
    throw new MalformedResult(`the header ${JSON.stringify(name)} cannot be sent`);
  }
  return value;
}
