import type { IncomingMessage } from "node:http";

import type { Behavior } from "../policies.ts";

import type { Refusal } from "./error-page.ts";
import { bytesOf, toHeaderLines, valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";

/** The request as the viewer sent it; nothing decoded, nothing normalised. */
export interface ViewerRequest {
  readonly method: string;
  /** Path on the wire, without query. */
  readonly path: string;
  /** Query on the wire, without `?`; empty when there is none. */
  readonly query: string;
  readonly httpVersion: string;
  /** IPv4 or IPv6, never IPv4 written as IPv6. */
  readonly address: string;
  /** Of the viewer's end of the connection. */
  readonly port: number;
  readonly headers: readonly HeaderLine[];
}

/** CloudFront's limit for the whole URL, in bytes. */
export const maxUrlBytes = 8192;

/**
 * The limit for request line and headers together, in bytes, from the viewer and to the origin. One page of AWS says 20 480, another 32 768; this is the stricter one.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */
export const maxHeadBytes = 20_480;

/**
 * Node's parser drops header lines after this many without a word, so such a request is refused: it may have lost some.
 * `server.maxHeadersCount` of the listening server must not be smaller.
 */
export const maxHeaderLines = 2000;

/**
 * Node's parser comes first: it refuses control characters and bytes ≥ 0x80 in a URL with 400, and heads above the server's
 * `maxHeaderSize` with 431, so the server in front needs one well above `maxHeadBytes`.
 */
export function toViewerRequest(request: IncomingMessage): ViewerRequest {
  const target = request.url ?? "";
  const cut = target.indexOf("?");
  return {
    method: request.method ?? "",
    path: cut === -1 ? target : target.slice(0, cut),
    query: cut === -1 ? "" : target.slice(cut + 1),
    httpVersion: request.httpVersion,
    address: (request.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, ""),
    port: request.socket.remotePort ?? 0,
    headers: toHeaderLines(request.rawHeaders),
  };
}

/** Whether the head announces a body. A chunked body may turn out to be empty; it counts all the same. */
export function announcesBody(headers: readonly HeaderLine[]): boolean {
  return (
    valuesOf(headers, "transfer-encoding").length > 0 ||
    valuesOf(headers, "content-length").some((value) => Number(value) !== 0)
  );
}

/** Everything CloudFront refuses before it looks into its cache or calls a function. */
export function refuseViewerRequest(
  viewer: ViewerRequest,
  behavior: Pick<Behavior, "allowedMethods">,
): Refusal | undefined {
  const { method, path, query, headers } = viewer;
  const url = `https://${valuesOf(headers, "host")[0] ?? ""}${path}${query === "" ? "" : `?${query}`}`;
  if (url.length > maxUrlBytes)
    return tooLarge(`the URL has ${url.length} bytes; CloudFront takes at most ${maxUrlBytes}`);
  const headBytes = method.length + url.length + bytesOf(headers);
  if (headBytes > maxHeadBytes)
    return tooLarge(
      `URL and headers have ${headBytes} bytes; CloudFront takes at most ${maxHeadBytes}`,
    );
  if (headers.length >= maxHeaderLines)
    return tooLarge(`the request has ${maxHeaderLines} header lines or more`);
  if (!path.startsWith("/")) {
    return {
      ...badRequest,
      status: 400,
      reason: "the request target is not a path: absolute URLs and * are not accepted",
    };
  }
  if (!behavior.allowedMethods.includes(method)) {
    return {
      status: 403,
      message:
        "This distribution is not configured to allow the HTTP request method that was used for this request. The distribution supports only cachable requests.",
      cacheResult: "Error",
      reason: `the behaviour does not allow ${method}: it allows ${behavior.allowedMethods.join(", ")}`,
    };
  }
  if (["GET", "HEAD", "OPTIONS"].includes(method) && announcesBody(headers)) {
    // AWS says so for GET; for HEAD and OPTIONS its pages can be read either way, and this is the stricter reading.
    return {
      ...badRequest,
      status: 403,
      reason: `a ${method} request has a body; CloudFront refuses it`,
    };
  }
  return undefined;
}

const badRequest = { message: "Bad request.", cacheResult: "Error" } as const;

function tooLarge(reason: string): Refusal {
  return { ...badRequest, status: 413, reason, closes: true };
}
