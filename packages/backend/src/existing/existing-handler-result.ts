import { isRecord } from "@sst-gatehouse/blueprint/is-record";

/** Statuses of which a `Response` has no body. */
const bodilessStatuses = new Set([204, 205, 304]);

/**
 * Reads what a handler returned, as a BUFFERED Function URL does: an object with a `statusCode` describes the whole
 * answer; anything else is the body of a 200, a string as it is and the rest as JSON. Without a content type it is
 * `application/json`.
 *
 * @throws {TypeError} for what Lambda would answer with 502: nothing at all, or a part of the wrong type.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function fromHandlerResult(result: unknown): Response {
  // Lambda would answer `null`. Here the handler answers by callback, or forgot to answer.
  if (result === undefined) throw unusable("nothing");
  const whole = isRecord(result) && result["statusCode"] !== undefined;
  const { statusCode, headers, cookies, body, isBase64Encoded } = whole
    ? result
    : { statusCode: 200, body: toText(result) };

  const status = parseStatus(statusCode);
  const sent = bodilessStatuses.has(status) ? null : parseBody(body, isBase64Encoded);
  const sentHeaders = parseHeaders(headers);
  for (const cookie of parseCookies(cookies)) append(sentHeaders, "set-cookie", cookie, "cookies");
  if (sent !== null && !sentHeaders.has("content-type"))
    sentHeaders.set("content-type", "application/json");
  return new Response(sent, { status, headers: sentHeaders });
}

function parseStatus(value: unknown): number {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  // Final statuses only: an interim one cannot be sent from here.
  if (typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599)
    return status;
  throw unusable("statusCode");
}

/** One value for each name, as behind a Function URL; only `cookies` can have several. */
function parseHeaders(value: unknown): Headers {
  const headers = new Headers();
  if (value === undefined || value === null) return headers;
  if (!isRecord(value)) throw unusable("headers");
  for (const [name, content] of Object.entries(value)) {
    // Lambda takes a result as JSON, which leaves it out.
    if (content === undefined) continue;
    if (typeof content !== "string" && typeof content !== "number" && typeof content !== "boolean")
      throw unusable("headers");
    append(headers, name, String(content), "headers");
  }
  return headers;
}

function append(headers: Headers, name: string, value: string, part: string): void {
  try {
    headers.append(name, value);
  } catch {
    // The message would quote the value.
    throw unusable(part);
  }
}

function parseCookies(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((cookie) => typeof cookie === "string")) return value;
  throw unusable("cookies");
}

function parseBody(body: unknown, isBase64Encoded: unknown): string | Uint8Array<ArrayBuffer> {
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== "boolean")
    throw unusable("isBase64Encoded");
  if (body === undefined || body === null) return "";
  if (isBase64Encoded !== true) return toText(body);
  if (typeof body !== "string") throw unusable("body");
  return new Uint8Array(Buffer.from(body, "base64"));
}

/** A string as it is, without quotes; anything else as JSON. */
function toText(value: unknown): string {
  if (typeof value === "string") return value;
  // Undefined for a function or a symbol, although its type does not say so.
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw unusable("body");
  return json;
}

/** The log shows names and leaves messages out, so the name says which part it was. */
function unusable(part: string): TypeError {
  const error = new TypeError(`the handler's result cannot be sent: ${part}`);
  error.name = `UnusableResult: ${part}`;
  return error;
}
