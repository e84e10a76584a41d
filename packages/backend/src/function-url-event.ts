import { isRefusedHeader } from "@sst-gatehouse/core/refused-headers";

import { isEdgePrincipal, type EdgeRole } from "./edge-principal.ts";

/**
 * What Lambda hands over for a request at the Function URL: payload format 2.0, the parts that are read here.
 * Lambda leaves a key out where its documentation shows `null`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export interface FunctionUrlEvent {
  /** Percent-encoding as sent. */
  readonly rawPath: string;
  /** Without `?`; empty when there is none. */
  readonly rawQueryString: string;
  /** `name=value`, one entry a cookie; they are not in `headers`. */
  readonly cookies?: readonly string[];
  /** Lower-case names; the values of repeated headers are joined with `,`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly requestId: string;
    readonly domainName: string;
    readonly http: { readonly method: string };
    /** Who signed the request; absent when the Function URL asks for no signature. */
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
  };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** The body as the client sent it. The flag alone says how it is written down, never the content type. */
export function receivedBytes(event: FunctionUrlEvent): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}

/**
 * The event with the headers that the app may see.
 *
 * Lambda passes the signer's session token on; nothing behind this line needs it, so nothing can leak it. From anybody
 * but the edge role, the headers that the guard would have dropped go too: a route must not take them for the guard's.
 */
export function withSafeHeaders(event: FunctionUrlEvent, edgeRole: EdgeRole): FunctionUrlEvent {
  const fromEdge = isEdgePrincipal(event.requestContext.authorizer?.iam?.userArn ?? "", edgeRole);
  const headers = Object.entries(event.headers).filter(
    ([name]) =>
      name.toLowerCase() !== "x-amz-security-token" && (fromEdge || !isRefusedHeader(name)),
  );
  return { ...event, headers: Object.fromEntries(headers) };
}
