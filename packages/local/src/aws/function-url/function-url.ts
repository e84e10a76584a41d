import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { type Explain, millisecondsSince, type Watch } from "../explain.ts";
import type { Invocation, InvocationIds } from "../lambda/invocation.ts";
import { admit } from "./admit-request.ts";
import type { AdmissionRules } from "./admit-request.ts";
import { refuse, send, titleOf, writeHead } from "./answer.ts";
import type { Call } from "./answer.ts";
import type { FunctionUrlEvent } from "./event.ts";
import { functionFailed, throttled } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { MalformedResult } from "./response-head.ts";
import { toBufferedResponse } from "./response.ts";
import { sendStreamingResponse } from "./streaming-response.ts";
import { createTrace } from "./trace-id.ts";

export interface FunctionUrlOptions extends AdmissionRules {
  readonly invokeMode: "BUFFERED" | "RESPONSE_STREAM";
  /**
   * How long after its invocation a stream without a body is held open, as some AWS accounts do until the function's
   * timeout; seconds of the machine's time. It ends at once when absent.
   */
  readonly emptyStreamsHeldSeconds?: number;
  readonly explain: Explain;
  readonly watch?: Watch;
  readonly invoke: (event: unknown, ids: InvocationIds) => Promise<Invocation>;
}

export interface FunctionUrl {
  /** Answers one request of any `http` or `https` server. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/**
 * A Function URL of type AWS_IAM: checks host, size, signature and permission, invokes the function, sends its answer.
 *
 * Every refusal gets AWS's own status and body, and one call of `explain` that says why.
 */
export function createFunctionUrl(options: FunctionUrlOptions): FunctionUrl {
  return {
    async handle(request, response) {
      const requestId = randomUUID();
      const { "x-amz-cf-id": cloudFrontId = "" } = request.headers;
      const fromCloudFront = /^[\w-]{54}==$/.test(String(cloudFrontId));
      const call: Call = {
        requestId,
        watchedAs: fromCloudFront ? String(cloudFrontId) : requestId,
        trace: createTrace(request.headers["x-amzn-trace-id"]?.toString(), options.clock.now()),
        request,
        response,
      };
      const { watch } = options;
      const began = performance.now();
      const about = { request: call.watchedAs };
      if (!fromCloudFront) {
        watch?.("function-url", `received ${titleOf(call)}`, [], about);
        response.once("finish", () =>
          watch?.("function-url", `answered ${response.statusCode}`, [], {
            ...about,
            ms: millisecondsSince(began),
          }),
        );
      }
      try {
        const admitted = await admit(call, options);
        if (admitted === "gone") return;
        if (!("event" in admitted)) return refuse(call, admitted, options.explain);
        const who = admitted.event.requestContext.authorizer.iam.userArn;
        const held = `the signature is right, and ${who} may call`;
        watch?.("function-url", held, [], { ...about, ms: millisecondsSince(began) });
        await runFunction(call, admitted.event, options);
      } catch (error) {
        // A fault in the stand-in or in the policies it was given must not leave the request hanging.
        refuse(call, standInFailed(error), options.explain);
      }
    },
  };
}

async function runFunction(
  received: Call,
  event: FunctionUrlEvent,
  { invoke, invokeMode, explain, emptyStreamsHeldSeconds = 0 }: FunctionUrlOptions,
): Promise<void> {
  const { requestId, trace } = received;
  const heldUntilMs = performance.now() + emptyStreamsHeldSeconds * 1000;
  const invocation = await invoke(event, { requestId, traceId: trace.id });
  const call: Call = { ...received, requestId: invocation.requestId };
  if (invocation.kind === "stream") {
    if (invokeMode === "RESPONSE_STREAM") return sendStream(call, invocation, heldUntilMs, explain);
    return sendBuffered(call, await collected(invocation.body), explain);
  }
  if (invocation.kind === "throttled") return refuse(call, throttled(invocation.reason), explain);
  if (invocation.kind !== "response") return refuse(call, failureOf(invocation), explain);
  if (invokeMode === "BUFFERED") return sendBuffered(call, invocation.payload, explain);
  return leakEnvelope(call, invocation.payload, explain);
}

async function sendStream(
  call: Call,
  { contentType, body }: Extract<Invocation, { kind: "stream" }>,
  heldUntilMs: number,
  explain: Explain,
): Promise<void> {
  const { response } = call;
  const fault = await sendStreamingResponse({
    contentType,
    body,
    response,
    writeHead: (head) => writeHead(call, head),
    beforeEmptyEnd: () => holdOpen(call, heldUntilMs, explain),
  });
  if (fault === undefined) return;
  if (response.headersSent) explain("function-url", `${titleOf(call)}: ${fault}`);
  else refuse(call, functionFailed(fault), explain);
}

async function holdOpen(call: Call, untilMs: number, explain: Explain): Promise<void> {
  const restMs = untilMs - performance.now();
  if (restMs <= 0 || call.response.destroyed) return;
  explain(
    "function-url",
    `${titleOf(call)}: the answer has no body, and in this AWS account its stream stays open until the function's timeout: set streaming: "never-empty" in stages.ts`,
  );
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, restMs);
    call.response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function sendBuffered(call: Call, payload: Buffer | Refusal, explain: Explain): void {
  if (!Buffer.isBuffer(payload)) return refuse(call, payload, explain);
  try {
    const { body, ...head } = toBufferedResponse(payload);
    return send(call, head, body);
  } catch (error) {
    if (!(error instanceof MalformedResult)) throw error;
    return refuse(call, functionFailed(error.message), explain);
  }
}

/** A buffered result of a streaming URL: Lambda sends it as it is, status and headers inside the body. */
function leakEnvelope(call: Call, payload: Buffer, explain: Explain): void {
  send(call, { status: 200, headers: [["content-type", "application/json"]] }, payload);
  if (!looksLikeEnvelope(payload)) return;
  explain(
    "function-url",
    `${titleOf(call)}: the function returned {"statusCode": …}, but its URL streams, so the client got that text as the body: stream the answer instead`,
  );
}

function looksLikeEnvelope(payload: Buffer): boolean {
  try {
    const result: unknown = JSON.parse(payload.toString("utf8"));
    return isRecord(result) && Object.hasOwn(result, "statusCode");
  } catch {
    return false;
  }
}

function failureOf(
  invocation: Exclude<Invocation, { kind: "response" | "stream" | "throttled" }>,
): Refusal {
  if (invocation.kind === "function-error") {
    const { errorType, errorMessage, trace } = invocation;
    return functionFailed(`the function threw ${errorType}: ${errorMessage}`, trace);
  }
  if (invocation.kind === "timeout") {
    return functionFailed(`the function did not answer within ${invocation.afterSeconds} s`);
  }
  return functionFailed(`the function ended: ${invocation.reason}`);
}

function standInFailed(error: unknown): Refusal {
  return {
    status: 500,
    errorType: "ServiceException",
    body: '{"Message":"Internal Server Error"}',
    reason: `the stand-in failed: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  };
}

/** A stream behind a buffered URL is sent as one piece. */
async function collected(body: AsyncIterable<Uint8Array>): Promise<Buffer | Refusal> {
  try {
    return await buffer(body);
  } catch (error) {
    const message = messageOf(error);
    return functionFailed(`the function failed while answering: ${message}`);
  }
}
