import { authorizationHeader, forwardedHostHeader, originHeader } from "@sst-gatehouse/core/caller";
import { isRefusedHeader } from "@sst-gatehouse/core/refused-headers";

import { isEdgePrincipal, type EdgeRole } from "./edge-principal.ts";

/**
 * The event that Lambda makes of a request at the Function URL, in payload format 2.0: the parts that are read here.
 * Where Lambda's documentation shows `null`, the key is in fact missing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export interface FunctionUrlEvent {
  /** Percent-encoding as sent. */
  readonly rawPath: string;
  /** Without `?`; empty when there is none. */
  readonly rawQueryString: string;
  /** One `name=value` for each cookie; cookies are not in `headers`. */
  readonly cookies?: readonly string[];
  /** Lower-case names; the values of repeated headers are joined with `,`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly requestId: string;
    readonly domainName: string;
    readonly http: { readonly method: string; readonly sourceIp: string };
    /** Who signed the request; absent when the Function URL asks for no signature. */
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
  };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/** The body as the client sent it. Only the event's flag says how it is encoded, never the content type. */
export function receivedBytes(event: FunctionUrlEvent): Buffer {
  return Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
}

/**
 * The event as the app may see it.
 *
 * Lambda passes on the signer's session token. Nothing after this needs it, and what never arrives cannot leak. When the
 * signer is not the edge role, the headers that the guard would have dropped go too: a route must not take them for the
 * guard's.
 *
 * Where the request came to is told wherever frameworks look for it, as behind a custom domain of API Gateway: the guard
 * says it, and Lambda knows its own address only.
 */
export function visibleEvent(event: FunctionUrlEvent, edgeRole: EdgeRole): FunctionUrlEvent {
  const { requestContext } = event;
  const fromEdge = isEdgePrincipal(requestContext.authorizer?.iam?.userArn ?? "", edgeRole);
  const headers = Object.fromEntries(
    Object.entries(event.headers).filter(
      ([name]) =>
        !withheld.has(name.toLowerCase()) &&
        (fromEdge || !isRefusedHeader(name) || ofLambda.has(name)),
    ),
  );
  const own = event.headers[authorizationHeader];
  if (fromEdge && own !== undefined) ownAuthorizations.set(headers, own);
  const origin = fromEdge ? event.headers[originHeader] : undefined;
  if (origin === undefined) return { ...event, headers };
  const { host, ...forwarded } = addressOf(origin);
  Object.assign(headers, forwarded, { host });
  return { ...event, headers, requestContext: { ...requestContext, domainName: host } };
}

/** By the headers of a {@link visibleEvent}, which stay the same object when an event is copied. */
const ownAuthorizations = new WeakMap<object, string>();

/**
 * A sender's own `Authorization`, under a rule with `authorization: "own"`; `undefined` under every other rule, and where
 * the sender has none or a token of this app.
 *
 * It is nobody's word but the sender's: compare it in constant time (`timingSafeEqual`), or verify it, before you act.
 *
 * @param event with the headers that it came with.
 */
export function ownAuthorization({
  headers,
}: {
  readonly headers: Readonly<Record<string, string | undefined>>;
}): string | undefined {
  return ownAuthorizations.get(headers);
}

/** The event with the viewer's address in the place of CloudFront's, where the guard has said it. */
export function withViewer(
  event: FunctionUrlEvent,
  viewerAddress: string | undefined,
): FunctionUrlEvent {
  if (viewerAddress === undefined) return event;
  const { requestContext } = event;
  const http = { ...requestContext.http, sourceIp: viewerAddress };
  return { ...event, requestContext: { ...requestContext, http } };
}

/** Credentials, and what an older guard let pass of the viewer's. */
const withheld = new Set(["x-amz-security-token", authorizationHeader, forwardedHostHeader]);
/** What Lambda writes over whatever was sent. */
const ofLambda = new Set(["x-forwarded-proto", "x-forwarded-port"]);

function addressOf(origin: string): Record<string, string> & { readonly host: string } {
  const [proto = "", host = ""] = origin.split("://");
  const [, port = proto === "https" ? "443" : "80"] = /:(\d+)$/.exec(host) ?? [];
  return {
    host,
    [forwardedHostHeader]: host,
    "x-forwarded-proto": proto,
    "x-forwarded-port": port,
  };
}
