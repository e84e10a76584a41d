import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import { MalformedResult, toResponseHead } from "./response-head.ts";
import type { ResponseHead } from "./response-head.ts";

/** Says that the stream begins with status and headers as JSON, then eight NUL bytes. */
const integrationResponse = "application/vnd.awslambda.http-integration-response";
const separator = Buffer.alloc(8);
const maxPreludeBytes = 1_048_576;

export interface StreamHead {
  readonly head: ResponseHead;
  /** Whether the body has to be decoded. `head` then does not say that it was encoded. */
  readonly gzip: boolean;
  /** The bytes of the body that came with the head. */
  readonly first: Buffer;
}

/**
 * Reads a stream as far as it takes to know status and headers.
 *
 * A body that says `Content-Encoding: gzip` is sent decoded, without saying so: reported for AWS
 * (aws/aws-lambda-nodejs-runtime-interface-client#96). What becomes of other encodings is not known, so they are refused.
 *
 * @param chunks is left where the head ends, not closed.
 */
export async function readStreamHead(
  contentType: string,
  chunks: AsyncIterator<Buffer, void>,
): Promise<StreamHead | { readonly fault: string }> {
  if (contentType !== integrationResponse) {
    const next = await chunks.next();
    const first = next.done === true ? Buffer.alloc(0) : next.value;
    const type = contentType || "application/octet-stream";
    return { head: { status: 200, headers: [["content-type", type]] }, gzip: false, first };
  }
  let prelude: Buffer = Buffer.alloc(0);
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    prelude = Buffer.concat([prelude, next.value]);
    const end = prelude.indexOf(separator);
    if (end >= 0)
      return fromPrelude(prelude.subarray(0, end), prelude.subarray(end + separator.length));
    if (prelude.length > maxPreludeBytes)
      return { fault: `the prelude does not end within the first ${maxPreludeBytes} bytes` };
  }
  return { fault: "the stream ended before its prelude did: write to it before end()" };
}

function fromPrelude(json: Buffer, first: Buffer): StreamHead | { readonly fault: string } {
  let head: ResponseHead;
  try {
    const prelude: unknown = JSON.parse(json.toString("utf8"));
    if (!isRecord(prelude)) return { fault: "the prelude is not a JSON object" };
    head = toResponseHead({ statusCode: 200, ...prelude }, "application/octet-stream");
  } catch (error) {
    return error instanceof MalformedResult
      ? { fault: `the prelude is malformed: ${error.message}` }
      : { fault: "the prelude is not JSON" };
  }
  const isEncoding = ([name]: readonly [string, string]) =>
    name.toLowerCase() === "content-encoding";
  const encoding = head.headers.find(isEncoding)?.[1].trim().toLowerCase();
  if (encoding === undefined) return { head, gzip: false, first };
  if (encoding !== "gzip")
    return {
      fault: `the body has Content-Encoding ${JSON.stringify(encoding)}; what a streaming Function URL makes of that is not known (gzip is decoded): do not compress streams`,
    };
  const headers = head.headers.filter((header) => !isEncoding(header));
  return { head: { ...head, headers }, gzip: true, first };
}
