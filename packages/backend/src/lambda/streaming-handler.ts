import { once } from "node:events";
import type { Writable } from "node:stream";

import type { StreamifyHandler } from "aws-lambda";

import type { AnswerEvent } from "./answer.ts";
import { takesLineBreak } from "./empty-answer.ts";
import { errorEvent, isEventStream } from "./error-event.ts";
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
  /** Whether an answer without a body gets one where no client minds. */
  readonly neverEmpty: boolean;
}

/**
 * The handler of a Function URL with the invoke mode RESPONSE_STREAM.
 *
 * When the body fails halfway, the handler rejects, so that Lambda counts an error. The client does not see it: on AWS
 * the answer ends like a whole one. So an event stream gets a last event that says so, and other answers should announce
 * their length. Destroying the stream instead, as Hono's own adapter does, brings down the execution environment with an
 * unhandled rejection.
 */
export function createStreamingHandler({
  answer,
  log,
  runtime,
  neverEmpty,
}: StreamingHandlerDeps): StreamingHandler {
  return runtime.streamifyResponse(async (event, stream, lambdaContext) => {
    const { body, subject, ...metadata } = await answer(event, lambdaContext);
    const response = runtime.HttpResponseStream.from(stream, metadata);
    // Status and headers go out with the first write, not with the end, so an empty body needs a write too.
    response.write("");
    let lastByte: number | undefined;
    try {
      for await (const chunk of body) {
        if (response.destroyed) throw closedEarly();
        lastByte = chunk.at(-1);
        if (!response.write(chunk)) await drained(response);
      }
    } catch (thrown) {
      if (!response.destroyed && isEventStream(metadata.headers))
        response.write(errorEvent(subject.requestId, lastByte));
      log({
        level: "error",
        ...subject,
        status: metadata.statusCode,
        code: "body_failed",
        ...thrownAt(thrown),
      });
      throw cutOff();
    }
    if (neverEmpty && lastByte === undefined && takesLineBreak(subject.method, metadata))
      response.write("\n");
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
