import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { readBody } from "../read-body.ts";
import { clockOffsetHeader } from "./child/settings.mjs";
import { openOnLoopback } from "./loopback-server.ts";
import { createResponseBody } from "./response-body.ts";

/** What AWS takes from a function in one piece: 6 MB and a little for the envelope. */
export const maxResponseBytes = 6_291_556;

/** What the runtime is handed for one invocation. */
export interface Work {
  readonly requestId: string;
  readonly eventJson: string;
  readonly functionArn: string;
  readonly traceId: string;
  /** On the stack's clock. */
  readonly deadlineMs: number;
  readonly clockOffsetMs: number;
}

/** An error as the runtime client reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: string[];
}

/** What happens in an execution environment, in the order in which it may happen. */
export interface RuntimeApiListener {
  initFailed(error: FunctionError): void;
  /** The runtime waits. `deliver` may be called once, at any later time. */
  ready(deliver: (work: Work) => void): void;
  responded(payload: Buffer): void;
  failed(error: FunctionError): void;
  /** The first bytes of a streamed response are here. The body ends with an error when the function fails later. */
  streaming(contentType: string, body: Readable): void;
  /** The function has sent the last byte of a streamed response, whether or not anybody still reads. */
  streamed(): void;
  /** Why a streamed response broke off. */
  whyLost(): Promise<Error>;
}

export interface RuntimeApi {
  readonly host: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * The host side of Lambda's Runtime API, for one execution environment. Each environment has its own server, and
 * can reach no other, so that none can answer for another.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(listener: RuntimeApiListener): Promise<RuntimeApi> {
  let authority = "";
  let invocationId: string | undefined;

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A browser on this machine can reach the port, too. It may not take part.
    if (request.headers.host !== authority || request.headers["sec-fetch-site"] !== undefined) {
      refuse(response, 421, "InvalidHost", "this is the Runtime API of one execution environment");
      return;
    }
    const operation = `${request.method} ${request.url}`;
    const answer = /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(
      operation,
    );
    if (operation === "GET /2018-06-01/runtime/invocation/next") {
      listener.ready((work) => {
        invocationId = work.requestId;
        deliver(response, work);
      });
    } else if (operation === "POST /2018-06-01/runtime/init/error") {
      listener.initFailed(toFunctionError(await text(request), request));
      accept(response);
    } else if (answer === null) {
      refuse(response, 404, "NotFound", "the Runtime API has no such operation");
    } else if (answer[1] !== invocationId) {
      refuse(response, 400, "InvalidRequestID", "no such invocation is under way");
    } else {
      invocationId = undefined;
      await (answer[2] === "error"
        ? takeError(request, response)
        : takeResponse(request, response));
    }
  }

  async function takeError(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const error = toFunctionError(await text(request), request);
    accept(response);
    listener.failed(error);
  }

  async function takeResponse(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers["lambda-runtime-function-response-mode"] === "streaming") {
      await takeStream(request, response);
      return;
    }
    const payload = await readPayload(request);
    if (payload === "too-large") {
      refuse(response, 413, "RequestEntityTooLarge", "the response is too large");
      listener.failed({
        errorType: "Function.ResponseSizeTooLarge",
        errorMessage: `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
        trace: [],
      });
      return;
    }
    accept(response);
    listener.responded(payload);
  }

  async function takeStream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const contentType = request.headers["content-type"] ?? "application/octet-stream";
    // The runtime client sends the headers with the first bytes, or with the end when there are none.
    await Promise.race([once(request, "readable"), once(request, "end")]);
    if (request.readableLength > 0) {
      request.once("end", () => {
        accept(response);
        listener.streamed();
      });
      listener.streaming(
        contentType,
        createResponseBody(request, () => whyBroken(request)),
      );
      return;
    }
    accept(response);
    const error = trailerError(request);
    if (error === undefined) {
      listener.streaming(contentType, Readable.from([]));
      listener.streamed();
    } else {
      listener.failed(error);
    }
  }

  async function whyBroken(request: IncomingMessage): Promise<Error | undefined> {
    if (!request.complete) return listener.whyLost();
    const error = trailerError(request);
    return error && new Error(`${error.errorType}: ${error.errorMessage}`);
  }

  const server = http.createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
    (request, response) => {
      route(request, response).catch(() => {
        // The child ended in the middle; the code that watches the process says why.
        response.destroy();
      });
    },
  );
  const { port, close } = await openOnLoopback(server);
  authority = `127.0.0.1:${port}`;
  return { host: "127.0.0.1", port, close };
}

function deliver(response: ServerResponse, work: Work): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "lambda-runtime-aws-request-id": work.requestId,
    "lambda-runtime-deadline-ms": String(work.deadlineMs),
    "lambda-runtime-invoked-function-arn": work.functionArn,
    "lambda-runtime-trace-id": work.traceId,
    [clockOffsetHeader]: String(work.clockOffsetMs),
  });
  response.end(work.eventJson);
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
}

function refuse(
  response: ServerResponse,
  status: number,
  errorType: string,
  errorMessage: string,
): void {
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify({ errorMessage, errorType }));
}

async function readPayload(request: IncomingMessage): Promise<Buffer | "too-large"> {
  const body = await readBody(request, { maxBytes: maxResponseBytes, beyond: "dropped" });
  if (body === "cut-off")
    throw new Error("the function's process disconnected while sending its response");
  return body;
}

function toFunctionError(body: string, request: IncomingMessage): FunctionError {
  const header = request.headers["lambda-runtime-function-error-type"];
  return parseFunctionError(body, typeof header === "string" ? header : "Error");
}

/** An error after the first byte can only come behind the body. */
function trailerError(request: IncomingMessage): FunctionError | undefined {
  const errorType = request.trailers["lambda-runtime-function-error-type"];
  if (errorType === undefined) return undefined;
  const body = request.trailers["lambda-runtime-function-error-body"] ?? "";
  return parseFunctionError(Buffer.from(body, "base64").toString("utf8"), errorType);
}

function parseFunctionError(json: string, fallbackType: string): FunctionError {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  const fields = typeof value === "object" && value !== null ? value : {};
  const errorType =
    "errorType" in fields && typeof fields.errorType === "string" ? fields.errorType : fallbackType;
  const errorMessage =
    "errorMessage" in fields && typeof fields.errorMessage === "string" ? fields.errorMessage : "";
  const trace = "trace" in fields && Array.isArray(fields.trace) ? fields.trace.map(String) : [];
  return { errorType, errorMessage, trace };
}
