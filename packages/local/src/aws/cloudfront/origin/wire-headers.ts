import type { ForwardedRequest } from "../edge-function/edge-result.ts";
import { toWire, valuesOf } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";

export interface WireHeadersOptions {
  readonly method: string;
  readonly requestId: string;
  /** The second CloudFront server on the way: the one that ran the function speaks to the origin through it. */
  readonly viaHost: string;
  /** What is sent: the viewer's whole body or the function's replacement. */
  readonly body: Buffer;
}

/**
 * The headers that reach the origin, in order. CloudFront changes `Via`, adds `X-Amz-Cf-Id` and sets `Connection` after the function ran,
 * so a signature over any of them fails here as it does on AWS.
 */
export function toWireHeaders(
  forwarded: ForwardedRequest,
  options: WireHeadersOptions,
): HeaderLine[] {
  const { headers, origin } = forwarded;
  const host = valuesOf(headers, "host")[0] ?? origin.domainName;
  const replaced = ["host", "via", "te", "content-length", "transfer-encoding"];
  return [
    ["Host", host],
    ...headers
      .filter(([name]) => !replaced.includes(name.toLowerCase()))
      .map(([name, value]) => [name, toWire(value)] as const),
    ...origin.customHeaders.map(([name, value]) => [name, toWire(value)] as const),
    [
      "Via",
      [...valuesOf(headers, "via"), `1.1 ${options.viaHost} (CloudFront)`].map(toWire).join(", "),
    ],
    ["X-Amz-Cf-Id", options.requestId],
    ["Connection", "Keep-Alive"],
    ...framing(forwarded, options),
  ];
}

function framing(
  { headers, replacement }: ForwardedRequest,
  { method, body }: WireHeadersOptions,
): HeaderLine[] {
  if (replacement === undefined && valuesOf(headers, "transfer-encoding").length > 0)
    return [["Transfer-Encoding", "chunked"]];
  const announced =
    valuesOf(headers, "content-length").length > 0 || ["POST", "PUT", "PATCH"].includes(method);
  return announced || body.length > 0 ? [["Content-Length", String(body.length)]] : [];
}
