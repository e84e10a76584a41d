import type { Identity } from "../iam/identities.ts";
import type { SignedRequest } from "../sigv4/signed-request.ts";

/** What a Function URL of type AWS_IAM hands to its function: payload format 2.0, without the keys that would be null. */
export interface FunctionUrlEvent {
  readonly version: "2.0";
  readonly routeKey: "$default";
  /** As on the wire: not decoded. */
  readonly rawPath: string;
  /** As on the wire, without `?`. */
  readonly rawQueryString: string;
  /** `name=value` each; in `headers` too, as `cookie`. */
  readonly cookies?: readonly string[];
  /** Lower-case names; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded; repeated names joined with a comma. */
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly accountId: string;
    readonly apiId: string;
    readonly authorizer: {
      readonly iam: {
        readonly accessKey: string;
        readonly accountId: string;
        readonly callerId: string;
        readonly cognitoIdentity: null;
        readonly principalOrgId: null;
        readonly userArn: string;
        readonly userId: string;
      };
    };
    readonly domainName: string;
    readonly domainPrefix: string;
    readonly http: {
      readonly method: string;
      /** Decoded; an escape that is none stays as it is. Read `rawPath` to decide anything. */
      readonly path: string;
      readonly protocol: string;
      readonly sourceIp: string;
      readonly userAgent?: string;
    };
    readonly requestId: string;
    readonly routeKey: "$default";
    readonly stage: "$default";
    readonly time: string;
    readonly timeEpoch: number;
  };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

export interface EventInput {
  readonly request: SignedRequest;
  readonly identity: Identity;
  /** The URL's host, without a port. */
  readonly host: string;
  readonly requestId: string;
  readonly traceHeader: string;
  /** Address of the TCP peer. */
  readonly peer: string;
  /** Such as `1.1`. */
  readonly httpVersion: string;
  readonly tls: { readonly version: string; readonly cipher: string };
  readonly nowMs: number;
}

/**
 * The event for a request that has been admitted.
 *
 * `authorization` is taken out; the other signing headers stay, the session token among them, as on AWS.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function toFunctionUrlEvent(input: EventInput): FunctionUrlEvent {
  const { request, identity, host, requestId, nowMs } = input;
  const [rawPath = "", ...query] = request.target.split("?");
  const rawQueryString = query.join("?");
  const { headers, cookies } = eventHeaders(input);
  const [domainPrefix = ""] = host.split(".");
  const userAgent = headers["user-agent"];
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers,
    ...(rawQueryString === "" ? {} : { queryStringParameters: decodedQuery(rawQueryString) }),
    requestContext: {
      // The caller's account, not the owner's.
      accountId: identity.accountId,
      apiId: domainPrefix,
      authorizer: {
        iam: {
          accessKey: identity.accessKeyId,
          accountId: identity.accountId,
          callerId: identity.userId,
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: identity.arn,
          userId: identity.userId,
        },
      },
      domainName: host,
      domainPrefix,
      http: {
        method: request.method,
        path: decodedPath(rawPath),
        protocol: `HTTP/${input.httpVersion}`,
        sourceIp: input.peer,
        ...(userAgent === undefined ? {} : { userAgent }),
      },
      requestId,
      routeKey: "$default",
      stage: "$default",
      time: logTime(nowMs),
      timeEpoch: nowMs,
    },
    ...eventBody(request.body, headers["content-type"]),
  };
}

/** Of one connection only, or not for the function. */
const heldBack = new Set([
  "authorization",
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

function eventHeaders({ request, traceHeader, peer, tls }: EventInput): {
  headers: Record<string, string>;
  cookies: string[];
} {
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  const cookieLines: string[] = [];
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    if (heldBack.has(key)) continue;
    const text = asText(value);
    if (key === "cookie") {
      cookieLines.push(text);
      headers.set(key, cookieLines.join("; "));
      cookies.push(
        ...text
          .split(";")
          .map((cookie) => cookie.trim())
          .filter((cookie) => cookie !== ""),
      );
      continue;
    }
    const before = headers.get(key);
    headers.set(key, before === undefined ? text : `${before},${text}`);
  }
  const forwardedFor = headers.get("x-forwarded-for");
  headers.set("x-forwarded-for", forwardedFor ? `${forwardedFor}, ${peer}` : peer);
  headers.set("x-forwarded-port", "443");
  headers.set("x-forwarded-proto", "https");
  headers.set("x-amzn-trace-id", traceHeader);
  headers.set("x-amzn-tls-version", tls.version);
  headers.set("x-amzn-tls-cipher-suite", tls.cipher);
  // fromEntries defines keys: a header called __proto__ stays a header.
  return { headers: Object.fromEntries(headers), cookies };
}

/**
 * Bytes as the text they are: UTF-8, or Latin-1 where they are not UTF-8. An event is JSON, and CloudFront writes
 * header values as UTF-8; that Lambda reads them so is inferred.
 */
function asText(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : value;
}

function decodedPath(path: string): string {
  return path.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function decodedQuery(query: string): Record<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decoded(pair.slice(equals + 1));
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
}

function decoded(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Not an escape after all; AWS's reading is not known.
    return spaced;
  }
}

/** Text only for the few types that Lambda treats as text, base64 for everything else: read the flag, not the type. */
function eventBody(
  body: Buffer,
  contentType: string | undefined,
): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const [type = ""] = (contentType ?? "").split(";");
  const isText = /^(text\/.+|application\/(json|javascript|xml))$/i.test(type.trim());
  const text = body.toString("utf8");
  // Bytes that are not text would not survive the event's JSON.
  if (isText && Buffer.from(text).equals(body)) return { body: text, isBase64Encoded: false };
  return { body: body.toString("base64"), isBase64Encoded: true };
}

/** `22/Nov/2026:12:00:00 +0000` */
function logTime(ms: number): string {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
