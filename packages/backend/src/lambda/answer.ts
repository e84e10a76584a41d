import { isGuardCookie } from "@sst-gatehouse/blueprint/cookies";
import { contentLengthHeader } from "@sst-gatehouse/blueprint/cors";
import type { Context as LambdaContext } from "aws-lambda";
import type { Hono } from "hono";

import { answerError } from "../answer-error.ts";
import type { AppEnv } from "../app-env.ts";
import type { EdgeRole } from "../edge-principal.ts";
import { visibleEvent, type FunctionUrlEvent } from "../function-url-event.ts";
import type { Log, LogSubject } from "../log.ts";
import { subjectOf } from "../log-subject.ts";
import { toRequest } from "./to-request.ts";

/** An answer in Lambda's payload format 2.0, with the body still to be read. */
export interface Answer {
  readonly statusCode: number;
  /** One value for each name; without `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of `Set-Cookie`. */
  readonly cookies: readonly string[];
  /** For the log. */
  readonly subject: LogSubject;
  /** Never has an empty chunk; has none at all for 204, 304 and HEAD. Throws when the route fails halfway. */
  readonly body: AsyncIterable<Uint8Array>;
}

export type AnswerEvent = (
  received: FunctionUrlEvent,
  lambdaContext?: LambdaContext,
) => Promise<Answer>;

/** Lambda frames the body itself; it would pass a `content-length` on under another name. */
const framingHeaders = new Set([
  "connection",
  "content-length",
  contentLengthHeader,
  "keep-alive",
  "transfer-encoding",
]);

/**
 * Answers an event with the app.
 *
 * The first chunk of the body is read before this resolves, so that a failure up to then can still become a 500.
 */
export function createAnswer(app: Hono<AppEnv>, log: Log, edgeRole: EdgeRole): AnswerEvent {
  const answerTo = async (
    event: FunctionUrlEvent,
    lambdaContext: LambdaContext | undefined,
    subject: LogSubject,
  ): Promise<Omit<Answer, "subject">> => {
    try {
      const response = await app.fetch(toRequest(event), {
        event,
        requestContext: event.requestContext,
        lambdaContext,
      });
      return withoutGuardCookies(await fromResponse(response), subject, log);
    } catch (thrown) {
      return await fromResponse(answerError(thrown, event, log));
    }
  };
  return async (received, lambdaContext) => {
    const began = performance.now();
    const event = visibleEvent(received, edgeRole);
    const subject = subjectOf(event);
    const answer = await answerTo(event, lambdaContext, subject);
    const ms = Math.round((performance.now() - began) * 100) / 100;
    log({ level: "info", ...subject, status: answer.statusCode, ms });
    return { ...answer, subject };
  };
}

async function fromResponse(response: Response): Promise<Omit<Answer, "subject">> {
  const body = chunksOf(response.body);
  const first = await body.next();
  const headers = [...response.headers].filter(
    ([name, value]) =>
      name !== "set-cookie" &&
      !framingHeaders.has(name) &&
      !(name === "content-encoding" && isNoEncoding(value)),
  );
  return {
    statusCode: response.status,
    headers: { ...Object.fromEntries(headers), ...announcedLength(response.headers) },
    cookies: response.headers.getSetCookie(),
    body: withFirst(first, body),
  };
}

/**
 * The guard's cookies are the guard's to set. A route that lets a caller choose a cookie's name could otherwise sign a
 * visitor in as somebody else.
 */
function withoutGuardCookies<A extends Pick<Answer, "cookies" | "statusCode">>(
  answer: A,
  subject: LogSubject,
  log: Log,
): A {
  // Browsers cut spaces before the name, and older ones read `=name` as the name.
  const cookies = answer.cookies.filter((cookie) => !isGuardCookie(cookie.replace(/^[\s=]+/, "")));
  if (cookies.length === answer.cookies.length) return answer;
  log({
    level: "warn",
    ...subject,
    status: answer.statusCode,
    code: "guard_cookie",
    detail: "The app has set a cookie under one of the guard's names. It was left out.",
  });
  return { ...answer, cookies };
}

/** Of a compressed body nobody knows how many bytes arrive: a streaming Function URL decodes it. */
function announcedLength(headers: Headers): Readonly<Record<string, string>> {
  const length = headers.get("content-length") ?? "";
  const encoded = !isNoEncoding(headers.get("content-encoding") ?? "identity");
  if (!/^\d{1,15}$/.test(length) || encoded) return {};
  return { [contentLengthHeader]: length };
}

/**
 * What servers of event streams say so that nothing on the way compresses them, as GraphQL Yoga does. Nothing on this way
 * would; and a Function URL takes encodings of streams into its own hands.
 */
function isNoEncoding(value: string): boolean {
  return /^(?:none|identity)$/i.test(value.trim());
}

async function* chunksOf(body: Response["body"]): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (read.value.byteLength > 0) yield read.value;
    }
  } finally {
    // After the end this does nothing; before the end it tells the route that nobody reads any more.
    await reader.cancel().catch(() => {});
  }
}

async function* withFirst<T>(
  first: IteratorResult<T, void>,
  rest: AsyncIterable<T>,
): AsyncGenerator<T, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
