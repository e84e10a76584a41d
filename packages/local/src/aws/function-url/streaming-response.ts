import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { EndedFromOutside } from "../lambda/invocation.ts";
import type { ResponseHead } from "./response-head.ts";
import { readStreamHead } from "./stream-head.ts";

/** Lambda's limit for a streamed response, in bytes. */
const maxStreamBytes = 200 * 1024 * 1024;

export interface StreamOptions {
  readonly contentType: string;
  readonly body: Readable;
  readonly response: ServerResponse;
  /** Writes status and headers; called once, before the first byte of the body. */
  readonly writeHead: (head: ResponseHead) => void;
  /** Delays the end of a stream that had no body. */
  readonly beforeEmptyEnd: () => Promise<void>;
}

/**
 * Passes a streamed result on, chunk by chunk and no faster than the client reads.
 *
 * A function that fails in the middle ends its answer like a whole one, whether it says so by error trailers or its process
 * dies: recorded by hotsock/voker over HTTP/1.1. What a client sees of a timeout in the middle is not known; there the
 * connection is cut, so that no test takes the part for the whole. A body in gzip is decoded, as AWS does.
 * A client that leaves does not stop the function: its stream is read to the end.
 *
 * @returns nothing when all went well, else what was wrong; the caller must still answer unless `headersSent`.
 */
export async function sendStreamingResponse({
  contentType,
  body,
  response,
  writeHead,
  beforeEmptyEnd,
}: StreamOptions): Promise<string | undefined> {
  const { chunks, whyFailed } = fromFunction(body);
  const opening = await readStreamHead(contentType, chunks);
  const early = whyFailed();
  if (early !== undefined) return failedWhileAnswering(early);
  if ("fault" in opening) {
    await readToEnd(chunks);
    return opening.fault;
  }
  writeHead(opening.head);
  // Headers go out now: an event stream may stay silent for long. Not by flushHeaders(): that writes the bytes of
  // header values as UTF-8, a second time.
  response.write(Buffer.alloc(0));

  let size = 0;
  const takes = (chunk: Buffer): boolean => {
    size += chunk.length;
    if (size > maxStreamBytes) cut(response);
    return size <= maxStreamBytes;
  };
  const content = (async function* (): AsyncGenerator<Buffer, void> {
    if (takes(opening.first)) yield opening.first;
    for await (const chunk of chunks) if (takes(chunk)) yield chunk;
  })();
  try {
    for await (const chunk of opening.gzip ? decoded(content) : content)
      await writeChunk(response, chunk);
  } catch (error) {
    cut(response);
    await readToEnd(chunks);
    return `the body is not gzip, as its head says: ${messageOf(error)}; the connection was cut`;
  }
  if (size > maxStreamBytes)
    return `the stream has more than ${maxStreamBytes} bytes; the connection was cut`;
  const failure = whyFailed();
  if (failure instanceof EndedFromOutside) {
    cut(response);
    return `${failedWhileAnswering(failure)}; the connection was cut`;
  }
  if (failure === undefined && size === 0) await beforeEmptyEnd();
  response.end();
  if (failure === undefined) return undefined;
  return `${failedWhileAnswering(failure)}; to the client the answer ended like a whole one, as on AWS`;
}

/** What the function sends; it also ends where the function fails, and `whyFailed` then says how. */
function fromFunction(body: Readable) {
  let failure: unknown;
  async function* read(): AsyncGenerator<Buffer, void> {
    try {
      for await (const data of body) yield Buffer.from(data);
    } catch (error) {
      failure = error;
    }
  }
  return { chunks: read(), whyFailed: (): unknown => failure };
}

function failedWhileAnswering(failure: unknown): string {
  return `the function failed while answering: ${messageOf(failure)}`;
}

/** Piece by piece; of a body that breaks off, what there was. */
function decoded(gzip: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const source = Readable.from(gzip);
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  return source.pipe(gunzip);
}

async function readToEnd(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

function cut(response: ServerResponse): void {
  // To HTTP/1.0 an orderly end of the connection is the end of the answer: only a reset says that it is not.
  if (response.req.httpVersion === "1.0") response.socket?.resetAndDestroy();
  response.destroy();
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
