import type { Explain } from "../../explain.ts";

import { maxCachedBytes } from "../cache/cache.ts";
import type { EdgeOrigin } from "../edge-function/edge-event.ts";
import type { ForwardedRequest } from "../edge-function/edge-result.ts";
import type { Refusal } from "../viewer/error-page.ts";
import { bytesOf, toHeaderLines, toWire, valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import { ownSentences } from "../edge-function/invalid-edge-result.ts";
import type { OriginFetch } from "./origin-fetch.ts";
import { relayBody } from "../viewer/relay-body.ts";
import { isHopByHop } from "../restricted-headers.ts";
import type { AnswerHead, Exchange, ViewerAnswers } from "../viewer/viewer-answers.ts";
import { maxHeadBytes } from "../viewer/viewer-request.ts";
import { toWireHeaders } from "./wire-headers.ts";

/** An answer that the viewer has got whole, for the cache to judge. */
export interface GivenAnswer {
  readonly head: AnswerHead;
  readonly body: Buffer;
}

export interface ForwardDeps {
  readonly originFetch: OriginFetch;
  /** The one origin that exists on this machine. */
  readonly origin: EdgeOrigin;
  /** The CloudFront server that speaks to the origin. */
  readonly viaHost: string;
  readonly cookiesForwarded: boolean;
  readonly answers: ViewerAnswers;
  readonly explain: Explain;
}

export interface ForwardOptions {
  readonly viewerBody: Buffer;
  /** Whether the answer's body is wanted for the cache. */
  readonly wantsCopy: boolean;
}

const noConnection =
  "CloudFront attempted to establish a connection with the origin, but either the attempt failed or the origin closed the connection.";

/** Sends what the function returned to the origin and passes the answer on as it comes. */
export function createForward({
  originFetch,
  origin,
  viaHost,
  cookiesForwarded,
  answers,
  explain,
}: ForwardDeps) {
  /** @returns the answer for the cache when it was wanted and is whole. */
  return async (
    exchange: Exchange,
    forwarded: ForwardedRequest,
    options: ForwardOptions,
  ): Promise<GivenAnswer | undefined> => {
    const { viewer, response, requestId, viewerGone } = exchange;
    const { uri, querystring, origin: asked } = forwarded;
    const refuse = (refusal: Omit<Refusal, "cacheResult">): undefined => {
      answers.refuse(exchange, { ...refusal, cacheResult: "Error" });
    };

    const unreachable = refuseOtherOrigin(asked, origin);
    if (unreachable !== undefined) return refuse(unreachable);
    const body = forwarded.replacement ?? options.viewerBody;
    const target = toWire(`${asked.path}${uri}${querystring === "" ? "" : `?${querystring}`}`);
    const headers = toWireHeaders(forwarded, { method: viewer.method, requestId, viaHost, body });
    const tooLarge = refuseLargeHead(target, headers);
    if (tooLarge !== undefined) {
      answers.refuse(exchange, tooLarge);
      return undefined;
    }
    const fetched = await originFetch.fetch(
      {
        method: viewer.method,
        target,
        headers,
        body,
        readTimeoutSeconds: asked.readTimeout,
      },
      viewerGone,
    );
    if (fetched.kind === "aborted") return undefined;
    if (fetched.kind === "failed") {
      const reason = `the origin ${origin.domainName} did not answer`;
      return refuse({
        status: fetched.status,
        message: noConnection,
        reason,
        details: fetched.attempts,
      });
    }
    const lines = toHeaderLines(fetched.response.rawHeaders);
    const bytes = bytesOf(lines);
    if (bytes > maxHeadBytes) {
      fetched.response.destroy();
      return refuse({
        status: 502,
        message: noConnection,
        reason: `the origin's headers have ${bytes} bytes; CloudFront takes at most ${maxHeadBytes}`,
      });
    }
    const status = fetched.response.statusCode ?? 0;
    const answerHeaders = endToEnd(lines).filter(
      ([name]) => cookiesForwarded || name.toLowerCase() !== "set-cookie",
    );
    const head = {
      status,
      statusText: fetched.response.statusMessage ?? "",
      headers: answerHeaders,
    };
    answers.start(exchange, head, status >= 400 ? "Error" : "Miss");
    const copy = createCopy(options.wantsCopy);
    const outcome = await relayBody(fetched.response, response, asked.readTimeout, copy.add);
    if (outcome.kind === "broken")
      explain(
        "cloudfront",
        `the response of ${origin.domainName} broke off after its ${status}: ${outcome.reason}`,
        [],
        { request: requestId },
      );
    const whole = outcome.kind === "complete" ? copy.bytes() : undefined;
    if (whole === undefined) return undefined;
    return { head: viewer.method === "GET" ? withLength(head, whole) : head, body: whole };
  };
}

/** A function may name any origin; on this machine there is one, and it speaks TLS 1.2 on 443 like every Function URL. */
function refuseOtherOrigin(
  asked: ForwardedRequest["origin"],
  known: EdgeOrigin,
): Omit<Refusal, "cacheResult"> | undefined {
  const isKnown =
    asked.domainName === known.domainName &&
    asked.port === known.port &&
    asked.protocol === known.protocol &&
    known.sslProtocols.some((name) => asked.sslProtocols.includes(name));
  if (isKnown) return undefined;
  return {
    status: 502,
    message:
      asked.domainName === known.domainName
        ? noConnection
        : "CloudFront wasn't able to resolve the origin domain name.",
    reason: `the function asked for the origin ${describe(asked)}; only ${describe(known)} exists here`,
  };
}

/** A request that came in below the limit can go out above it: what the function adds counts, too. */
function refuseLargeHead(target: string, headers: readonly HeaderLine[]): Refusal | undefined {
  const bytes = target.length + bytesOf(headers);
  if (bytes <= maxHeadBytes) return undefined;
  return {
    status: 502,
    message: ownSentences.head,
    cacheResult: "LambdaValidationError",
    reason: `path, query and headers for the origin have ${bytes} bytes; CloudFront takes at most ${maxHeadBytes}`,
    details: ["the headers that the guard itself adds count too: signature, session token, caller"],
  };
}

function describe({
  protocol,
  domainName,
  port,
  sslProtocols,
}: Omit<EdgeOrigin, "customHeaders">): string {
  return `${protocol}://${domainName}:${port} with ${sslProtocols.join(", ")}`;
}

/** Headers that are not for one connection only, nor named by the origin's `Connection` header. */
function endToEnd(lines: readonly HeaderLine[]): HeaderLine[] {
  const named = valuesOf(lines, "connection")
    .join(",")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  return lines.filter(
    ([name]) => !isHopByHop(name.toLowerCase()) && !named.includes(name.toLowerCase()),
  );
}

/** A second copy of a body, until it is too large to keep. */
function createCopy(wanted: boolean): {
  readonly add: (chunk: Buffer) => void;
  readonly bytes: () => Buffer | undefined;
} {
  const chunks: Buffer[] = [];
  let length = 0;
  const fits = (): boolean => wanted && length <= maxCachedBytes;
  return {
    add(chunk) {
      length += chunk.length;
      if (fits()) chunks.push(chunk);
      else chunks.length = 0;
    },
    bytes: () => (fits() ? Buffer.concat(chunks) : undefined),
  };
}

/** Once a chunked answer is in the cache, its length is known. */
function withLength(head: AnswerHead, body: Buffer): AnswerHead {
  if (head.status === 204 || valuesOf(head.headers, "content-length").length > 0) return head;
  return { ...head, headers: [...head.headers, ["Content-Length", String(body.length)]] };
}
