import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../explain.ts";
import { splitTarget } from "../sigv4/signed-request.ts";
import { printablePath } from "../without-secrets.ts";
import type { Refusal } from "./refusal.ts";
import type { ResponseHead } from "./response-head.ts";
import type { Trace } from "./trace-id.ts";

/** One request under way. */
export interface Call {
  readonly requestId: string;
  /** What whoever looks at each hop knows it by: CloudFront's id where it came through CloudFront. */
  readonly watchedAs: string;
  readonly trace: Trace;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers instead of the function, and tells the terminal why. */
export function refuse(call: Call, refusal: Refusal, explain: Explain): void {
  const [reason = "", ...more] = refusal.reason.split("\n");
  explain(
    "function-url",
    `${titleOf(call)}: ${refusal.status}: ${reason}`,
    [...more, ...(refusal.details ?? [])],
    { request: call.watchedAs, ...(refusal.canonical && { canonical: refusal.canonical }) },
  );
  if (call.response.headersSent) {
    call.response.destroy();
    return;
  }
  const headers: [string, string][] = [["content-type", "application/json"]];
  if (refusal.errorType !== undefined) headers.push(["x-amzn-ErrorType", refusal.errorType]);
  // The rest of the request is not read, so nothing may follow on this connection.
  if (!call.request.complete) headers.push(["connection", "close"]);
  const told = refusal.functionRan ? call : { ...call, trace: undefined };
  send(told, { status: refusal.status, headers }, Buffer.from(refusal.body));
}

/** What an answer names; without a trace where the function was not asked. */
type Told = Pick<Call, "requestId" | "response"> & { readonly trace: Trace | undefined };

/** Sends an answer that is complete. */
export function send(call: Told, head: ResponseHead, body: Buffer): void {
  const hasLength = head.status !== 204 && head.status !== 304;
  writeHead(
    call,
    hasLength
      ? { ...head, headers: [...head.headers, ["content-length", String(body.length)]] }
      : head,
  );
  // Node itself leaves the body out of answers to HEAD, of 204 and of 304.
  call.response.end(body);
}

/** Writes status and headers, with those that Lambda adds. */
export function writeHead(
  { response, requestId, trace }: Told,
  { status, headers }: ResponseHead,
): void {
  const closes = headers.some(([name]) => name === "connection");
  response.writeHead(
    status,
    [
      ...headers,
      ["x-amzn-RequestId", requestId],
      ...(trace === undefined ? [] : [["x-amzn-Trace-Id", trace.id]]),
      // Said here, or Node would add a `Keep-Alive` that AWS does not send.
      ...(response.shouldKeepAlive && !closes ? [["connection", "keep-alive"]] : []),
    ].flat(),
  );
}

/** Method and path for the terminal, without what may be a secret; a query is not shown at all. */
export function titleOf({ request }: Call): string {
  const { path } = splitTarget(request.url ?? "");
  return `${request.method} ${printablePath(path)
    .replace(/[^\x21-\x7e]/g, "?")
    .slice(0, 200)}`;
}
