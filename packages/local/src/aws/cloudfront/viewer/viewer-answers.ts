import type { ServerResponse } from "node:http";

import type { ResponseHeader } from "@sst-gatehouse/blueprint/response-headers";

import type { Clock } from "../../clock.ts";
import type { Explain } from "../../explain.ts";

import { errorPage, reasonPhrase } from "./error-page.ts";
import type { Refusal } from "./error-page.ts";
import { valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import { withResponseHeaders } from "./response-headers.ts";
import type { ViewerRequest } from "./viewer-request.ts";

/** One viewer request on its way. */
export interface Exchange {
  readonly viewer: ViewerRequest;
  readonly response: ServerResponse;
  /** The event's `requestId`, the answer's `X-Amz-Cf-Id`, and what an error page names. */
  readonly requestId: string;
  /** Aborted when the viewer leaves before its answer is complete. */
  readonly viewerGone: AbortSignal;
}

/** Status and end-to-end headers of an answer, before CloudFront's own. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderLine[];
}

/** What `X-Cache` says before ` from cloudfront`. */
export type CacheResult =
  | "Miss"
  | "Hit"
  | "LambdaGeneratedResponse"
  | "FunctionGeneratedResponse"
  | Refusal["cacheResult"];

export interface ViewerAnswers {
  /** Writes the head at once, with CloudFront's own headers; the caller writes the body. */
  start(exchange: Exchange, head: AnswerHead, cacheResult: CacheResult): void;
  /** A whole answer; to HEAD without its body. */
  send(exchange: Exchange, head: AnswerHead, cacheResult: CacheResult, body: Buffer): void;
  /** CloudFront's error page, and the why at the terminal. */
  refuse(exchange: Exchange, refusal: Refusal): void;
}

export interface ViewerAnswersOptions {
  /** The name that this CloudFront server puts into `Via`. */
  readonly viaHost: string;
  /** What is added to every answer. */
  readonly responseHeaders: readonly ResponseHeader[] | undefined;
  readonly clock: Clock;
  readonly explain: Explain;
}

/** The place that `X-Amz-Cf-Pop` names. No airport has this code. */
const pointOfPresence = "LCL50-P1";

const ownNames = ["via", "x-cache", "x-amz-cf-pop", "x-amz-cf-id"];

export function createViewerAnswers({
  viaHost,
  responseHeaders,
  clock,
  explain,
}: ViewerAnswersOptions): ViewerAnswers {
  const start: ViewerAnswers["start"] = (
    { response, requestId },
    { status, statusText, headers },
    cacheResult,
  ) => {
    const given = headers.filter(([name]) => !ownNames.includes(name.toLowerCase()));
    const lines =
      responseHeaders === undefined ? given : withResponseHeaders(given, responseHeaders);
    if (valuesOf(lines, "server").length === 0) lines.push(["Server", "CloudFront"]);
    if (valuesOf(lines, "date").length === 0)
      lines.push(["Date", new Date(clock.now()).toUTCString()]);
    lines.push(
      ["X-Cache", `${cacheResult} from cloudfront`],
      ["Via", [...valuesOf(headers, "via"), `1.1 ${viaHost} (CloudFront)`].join(", ")],
      ["X-Amz-Cf-Pop", pointOfPresence],
      ["X-Amz-Cf-Id", requestId],
    );
    response.sendDate = false;
    response.writeHead(status, statusText, lines.flat());
    // Not flushHeaders(): that writes the bytes of header values as UTF-8, a second time.
    response.write(Buffer.alloc(0));
  };
  const send: ViewerAnswers["send"] = (exchange, head, cacheResult, body) => {
    start(exchange, head, cacheResult);
    exchange.response.end(exchange.viewer.method === "HEAD" ? undefined : body);
  };
  return {
    start,
    send,
    refuse(exchange, { status, message, cacheResult, reason, details, closes }) {
      explain("cloudfront", `${status}: ${reason}`, details, { request: exchange.requestId });
      const page = errorPage(status, message, exchange.requestId);
      const headers: HeaderLine[] = [
        ["Content-Type", "text/html"],
        ["Content-Length", String(page.length)],
        ...(closes === true ? ([["Connection", "close"]] as const) : []),
      ];
      send(exchange, { status, statusText: reasonPhrase(status), headers }, cacheResult, page);
    },
  };
}
