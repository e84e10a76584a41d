import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { MalformedResult, toResponseHead } from "./response-head.ts";
import type { ResponseHead } from "./response-head.ts";

/** Says that the stream begins with status and headers as JSON, then eight NUL bytes. */
const integrationResponse = "application/vnd.awslambda.http-integration-response";
const separator = Buffer.alloc(8);
const maxPreludeBytes = 1_048_576;
/** Lambda's limit for a streamed response, in bytes. */
const maxStreamBytes = 200 * 1024 * 1024;

export interface StreamOptions {
  readonly contentType: string;
  readonly body: Readable;
  readonly response: ServerResponse;
  /** Writes status and headers; called once, before the first byte of the body. */
  readonly writeHead: (head: ResponseHead) => void;
}

/**
 * Passes a streamed result on, chunk by chunk and no faster than the client reads.
 *
 * When the function fails in the middle, the connection is cut, so that the client never mistakes a part for the whole.
 * A client that leaves does not stop the function: its stream is read to the end.
 *
 * @returns nothing when all went well, else what was wrong; the caller must still answer unless `headersSent`.
 */
export async function sendStreamingResponse({
  contentType,
  body,
  response,
  writeHead,
}: StreamOptions): Promise<string | undefined> {
  let prelude: Buffer | undefined =
    contentType === integrationResponse ? Buffer.alloc(0) : undefined;
  let fault: string | undefined;
  let size = 0;
  const begin = (head: ResponseHead) => {
    writeHead(head);
    // Headers go out now: an event stream may stay silent for long. Not by flushHeaders(): that writes the bytes of
    // header values as UTF-8, a second time.
    response.write(Buffer.alloc(0));
  };
  const plainHead: ResponseHead = {
    status: 200,
    headers: [["content-type", contentType || "application/octet-stream"]],
  };
  try {
    for await (const data of body) {
      if (fault !== undefined) continue;
      let chunk = Buffer.from(data);
      if (prelude !== undefined) {
        prelude = Buffer.concat([prelude, chunk]);
        const end = prelude.indexOf(separator);
        if (end < 0) {
          if (prelude.length > maxPreludeBytes)
            fault = `the prelude does not end within the first ${maxPreludeBytes} bytes`;
          continue;
        }
        const head = preludeHead(prelude.subarray(0, end));
        if (typeof head === "string") {
          fault = head;
          continue;
        }
        begin(head);
        chunk = prelude.subarray(end + separator.length);
        prelude = undefined;
      } else if (!response.headersSent) {
        begin(plainHead);
      }
      size += chunk.length;
      if (size > maxStreamBytes) fault = `the stream has more than ${maxStreamBytes} bytes`;
      else await writeChunk(response, chunk);
      if (fault !== undefined) cut(response);
    }
  } catch (error) {
    fault ??= `the function failed while answering: ${messageOf(error)}`;
  }
  if (prelude !== undefined)
    fault ??= "the stream ended before its prelude did: write to it before end()";
  if (fault === undefined) {
    if (!response.headersSent) begin(plainHead);
    response.end();
  } else if (response.headersSent) {
    cut(response);
  }
  return fault;
}

function cut(response: ServerResponse): void {
  // To HTTP/1.0 an orderly end of the connection is the end of the answer: only a reset says that it is not.
  if (response.req.httpVersion === "1.0") response.socket?.resetAndDestroy();
  response.destroy();
}

function preludeHead(json: Buffer): ResponseHead | string {
  try {
    const prelude: unknown = JSON.parse(json.toString("utf8"));
    if (!isRecord(prelude)) return "the prelude is not a JSON object";
    return toResponseHead({ statusCode: 200, ...prelude }, "application/octet-stream");
  } catch (error) {
    return error instanceof MalformedResult
      ? `the prelude is malformed: ${error.message}`
      : "the prelude is not JSON";
  }
}

async function writeChunk(response: ServerResponse, chunk: Buffer): Promise<void> {
  // Nobody listens any more, or an answer to HEAD: the function's bytes are read and dropped.
  if (chunk.length === 0 || response.closed || response.destroyed) return;
  if (response.write(chunk)) return;
  const abort = new AbortController();
  const { signal } = abort;
  await Promise.race([
    once(response, "drain", { signal }),
    once(response, "close", { signal }),
  ]).finally(() => abort.abort());
}
