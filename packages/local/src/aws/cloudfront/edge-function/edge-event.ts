import { fromWire } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";

export interface EdgeHeader {
  /** The name as the viewer wrote it. */
  readonly key: string;
  readonly value: string;
}

/** By lower-case name, one entry per header line. */
export type EdgeHeaders = Readonly<Record<string, readonly EdgeHeader[]>>;

export interface EdgeOrigin {
  readonly customHeaders: EdgeHeaders;
  readonly domainName: string;
  readonly keepaliveTimeout: number;
  readonly path: string;
  readonly port: number;
  readonly protocol: "http" | "https";
  readonly readTimeout: number;
  readonly sslProtocols: readonly string[];
}

/** A bucket that CloudFront signs for by origin access control, of which a function is shown nothing. */
export interface EdgeBucket {
  readonly authMethod: "none";
  readonly customHeaders: EdgeHeaders;
  readonly domainName: string;
  readonly path: string;
}

export interface EdgeBody {
  readonly action: "read-only" | "replace";
  readonly data: string;
  readonly encoding: "base64" | "text";
  readonly inputTruncated: boolean;
}

export interface EdgeRequest {
  readonly clientIp: string;
  readonly headers: EdgeHeaders;
  readonly method: string;
  readonly querystring: string;
  readonly uri: string;
  readonly origin:
    | { readonly custom: EdgeOrigin; readonly s3?: undefined }
    | { readonly s3: EdgeBucket; readonly custom?: undefined };
  readonly body: EdgeBody;
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html */
export interface EdgeEvent {
  readonly Records: readonly [
    {
      readonly cf: {
        readonly config: {
          readonly distributionDomainName: string;
          readonly distributionId: string;
          readonly eventType: "origin-request";
          readonly requestId: string;
        };
        readonly request: EdgeRequest;
      };
    },
  ];
}

/**
 * How much of a body an origin-request function is shown. AWS writes "1 MB" and not whether that is 1 000 000 or 1 048 576 bytes;
 * this is the smaller of the two.
 */
export const maxExposedBodyBytes = 1_000_000;

export interface EdgeEventSource {
  readonly distributionDomainName: string;
  readonly distributionId: string;
  readonly requestId: string;
  readonly clientIp: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** As `toOriginHeaders` made them. */
  readonly headers: readonly HeaderLine[];
  readonly origin: EdgeOrigin;
  readonly isBucket?: boolean;
  readonly body: Buffer;
}

/** The event of an origin-request function with IncludeBody. */
export function toEdgeEvent(source: EdgeEventSource): EdgeEvent {
  const { distributionDomainName, distributionId, requestId, clientIp, method, origin } = source;
  const config = {
    distributionDomainName,
    distributionId,
    eventType: "origin-request",
    requestId,
  } as const;
  const request: EdgeRequest = {
    clientIp,
    headers: toEdgeHeaders(source.headers),
    method,
    querystring: fromWire(source.query),
    uri: fromWire(source.path),
    origin: source.isBucket === true ? { s3: toEdgeBucket(origin) } : { custom: origin },
    body: toEdgeBody(method, source.body),
  };
  return { Records: [{ cf: { config, request } }] };
}

function toEdgeBucket({ customHeaders, domainName, path }: EdgeOrigin): EdgeBucket {
  return { authMethod: "none", customHeaders, domainName, path };
}

function toEdgeHeaders(lines: readonly HeaderLine[]): EdgeHeaders {
  const byName = new Map<string, EdgeHeader[]>();
  for (const [key, value] of lines) {
    const name = key.toLowerCase();
    const entries = byName.get(name) ?? [];
    entries.push({ key, value: fromWire(value) });
    byName.set(name, entries);
  }
  return Object.fromEntries(byName);
}

/** AWS's pages say that the body of a DELETE is shown; reports say that it is not, and functions must cope with that. */
function toEdgeBody(method: string, body: Buffer): EdgeBody {
  const shown = ["POST", "PUT", "PATCH"].includes(method) ? body : Buffer.alloc(0);
  return {
    action: "read-only",
    data: shown.subarray(0, maxExposedBodyBytes).toString("base64"),
    encoding: "base64",
    inputTruncated: shown.length > maxExposedBodyBytes,
  };
}
