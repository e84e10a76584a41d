import { once } from "node:events";
import type { Writable } from "node:stream";

import type { StreamifyHandler } from "aws-lambda";

import type { AnswerEvent } from "./answer.ts";
import type { FunctionUrlEvent } from "../function-url-event.ts";
import { thrownAt, type Log } from "../log.ts";

/** What Lambda's Node.js runtime offers as the global `awslambda`. */
export interface StreamingRuntime {
  streamifyResponse(handler: StreamingHandler): StreamingHandler;
  readonly HttpResponseStream: {
    from(stream: Writable, metadata: Record<string, unknown>): Writable;
  };
}

export type StreamingHandler = StreamifyHandler<FunctionUrlEvent, void>;

export interface StreamingHandlerDeps {
  readonly answer: AnswerEvent;
  readonly log: Log;
  readonly runtime: StreamingRuntime;
}

/**
 * The handler of a Function URL with the invoke mode RESPONSE_STREAM.
 *
 * When the body fails halfway, the handler rejects, so that the runtime ends the response with its error trailers and the
 * client sees that it was cut off. Destroying the stream instead, as Hono's own adapter does, brings down the execution
 * environment with an unhandled rejection.
 */
export function createStreamingHandler({
  answer,
  log,
  runtime,
}: StreamingHandlerDeps): StreamingHandler {
  return runtime.streamifyResponse(async (event, stream, lambdaContext) => {
    const { body, ...metadata } = await answer(event, lambdaContext);
    const response = runtime.HttpResponseStream.from(stream, metadata);
    // Status and headers go out with the first write, not with the end, so an empty body needs a write too.
    response.write("");
    try {
      for await (const chunk of body) {
        if (response.destroyed) throw closedEarly();
        if (!response.write(chunk)) await drained(response);
      }
    } catch (thrown) {
      const { requestId, http } = event.requestContext;
      log({
        level: "error",
        requestId,
        method: http.method,
        path: event.rawPath,
        status: metadata.statusCode,
        code: "body_failed",
        ...thrownAt(thrown),
      });
      throw cutOff();
    }
    response.end();
  });
}

/** Resolves when the stream has room again. @throws when it was closed instead. */
async function drained(stream: Writable): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  const closed = once(stream, "close", { signal }).then(() => {
    throw closedEarly();
  });
  try {
    await Promise.race([once(stream, "drain", { signal }), closed]);
  } finally {
    settled.abort();
  }
}

function closedEarly(): Error {
  return new Error("the response stream was closed before its end");
}

/** The runtime logs and forwards what a handler throws, so this says nothing about what the route threw. */
function cutOff(): Error {
  return new Error("the response body failed after its first bytes were sent");
}
