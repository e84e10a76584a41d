import { type JsonRecord } from "@sst-gatehouse/blueprint/is-record";

import type { HeaderLine } from "../header-lines.ts";
import { decodeBase64 } from "./decode-base64.ts";
import { awsSentences, InvalidEdgeResult, ownSentences } from "./invalid-edge-result.ts";
import { reasonPhrase } from "../viewer/error-page.ts";
import { parseResultHeaders, refuseDisallowed, refuseReadOnlyChanges } from "./result-headers.ts";

/** A response that the function made itself; the origin is not asked. */
export interface GeneratedResponse {
  readonly status: number;
  readonly statusDescription: string;
  readonly headers: readonly HeaderLine[];
  readonly body: Buffer;
}

/** The limit for a generated response, body and headers; counted here is the JSON, which is never smaller. */
export const maxGeneratedBytes = 1_048_576;

const fields = new Set(["status", "statusDescription", "headers", "body", "bodyEncoding"]);

/**
 * @param payloadBytes length of the JSON that held the result.
 * @throws {InvalidEdgeResult} for what CloudFront refuses.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses-in-requests.html
 */
export function parseGeneratedResponse(
  result: JsonRecord,
  payloadBytes: number,
): GeneratedResponse {
  const { status, headers = {}, body = "", bodyEncoding = "text" } = result;
  if (payloadBytes > maxGeneratedBytes) {
    throw new InvalidEdgeResult(
      awsSentences.body,
      `Validation error: The Lambda function returned an invalid response, the length of the body size and header was ${payloadBytes} bytes which exceeded the CloudFront limit of ${maxGeneratedBytes} bytes`,
    );
  }
  const unknown = Object.keys(result).find((name) => !fields.has(name));
  if (unknown !== undefined) {
    throw new InvalidEdgeResult(
      ownSentences.field,
      `the generated response has an unknown field: ${JSON.stringify(unknown)}`,
    );
  }
  if (typeof status !== "string" || !/^[2-5]\d\d$/.test(status)) {
    throw new InvalidEdgeResult(ownSentences.status, 'status must be a string from "200" to "599"');
  }
  const { statusDescription = reasonPhrase(Number(status)) } = result;
  if (typeof statusDescription !== "string" || !/^[\t\x20-\x7e]*$/.test(statusDescription)) {
    throw new InvalidEdgeResult(
      ownSentences.status,
      "statusDescription must be one line of ASCII text",
    );
  }
  const lines = parseResultHeaders(headers);
  refuseDisallowed(lines);
  refuseReadOnlyChanges({}, lines);
  const bytes = parseBody(body, bodyEncoding);
  if (bytes.length > 0 && ["204", "304"].includes(status)) {
    throw new InvalidEdgeResult(awsSentences.body, `a ${status} response cannot have a body`);
  }
  return { status: Number(status), statusDescription, headers: lines, body: bytes };
}

function parseBody(body: unknown, bodyEncoding: unknown): Buffer {
  if (typeof body !== "string")
    throw new InvalidEdgeResult(awsSentences.body, "body is not a string");
  if (bodyEncoding === "text") return Buffer.from(body, "utf8");
  const bytes = bodyEncoding === "base64" ? decodeBase64(body) : undefined;
  if (bytes === undefined)
    throw new InvalidEdgeResult(
      awsSentences.body,
      "bodyEncoding must be text, or base64 with a body that is base64",
    );
  return bytes;
}
