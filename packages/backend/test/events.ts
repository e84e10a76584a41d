import { createHash } from "node:crypto";
import { Writable } from "node:stream";

import {
  callerHeader,
  originHeader,
  toCallerHeader,
  type Caller,
  uncheckedCallerHeader,
  type UncheckedSignIn,
} from "@sst-gatehouse/core/caller";
import type { Hono } from "hono";

import type { AppEnv } from "../src/app-env.ts";
import type { FunctionUrlEvent } from "../src/function-url-event.ts";
import type { StreamingHandler, StreamingRuntime } from "../src/lambda/streaming-handler.ts";
import { toRequest } from "../src/lambda/to-request.ts";
import type { AppSettings } from "../src/settings.ts";

export const settings: AppSettings = {
  edgeRole: { account: "111122223333", name: "gatehouse-dev-guard" },
  corsOrigins: ["https://ok.example", "http://localhost:5173"],
  streaming: "on",
};

/** A session of the edge role, named as Lambda@Edge names it. */
export const edgeArn =
  "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard/us-east-1.gatehouse-dev-guard";

/** What Lambda passes on of the signer's credentials. */
export const securityToken = "IQoJb3JpZ2luX2VjEXAMPLETOKEN";

export const plainUser: Extract<Caller, { kind: "user" }> = {
  kind: "user",
  sub: "3c9f0f6e-90f1-70a4-1b7e-5d1c6b0f2a11",
  username: "ada",
  groups: [],
  scopes: [],
  issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123",
  signedInAt: 1_795_334_400,
};
export const adminUser: Extract<Caller, { kind: "user" }> = {
  ...plainUser,
  username: "grace",
  groups: ["admin"],
};

export interface EventOptions {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  /** Text as it is, bytes as base64: the two ways Lambda writes a body down. */
  readonly body?: string | Uint8Array;
  /** Who signed; `null` for a Function URL that asks for no signature. */
  readonly userArn?: string | null;
  /** Whom the edge vouches for; `null` for no header. */
  readonly caller?: Exclude<Caller, { kind: "service" }> | null;
  /** What the edge has left to the backend to look up. */
  readonly unchecked?: UncheckedSignIn;
  /** What the edge says of the app's public origin; an older guard says nothing. */
  readonly origin?: string;
}

/** An event as Lambda makes it for a request at an AWS_IAM Function URL behind CloudFront. */
export function functionUrlEvent(options: EventOptions = {}): FunctionUrlEvent {
  const { method = "GET", path = "/", query = "", headers = {}, cookies, body } = options;
  const { userArn = edgeArn, caller = { kind: "anonymous" }, unchecked, origin } = options;
  const iam = {
    accessKey: "ASIAEXAMPLEEXAMPLE00",
    accountId: "111122223333",
    callerId: "AROAEXAMPLEEXAMPLE000:us-east-1.gatehouse-dev-guard",
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: userArn ?? "",
    userId: "AROAEXAMPLEEXAMPLE000:us-east-1.gatehouse-dev-guard",
  };
  const domainName = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws";
  const event = {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: {
      host: domainName,
      via: "2.0 0123456789abcdef.cloudfront.net (CloudFront)",
      "x-amz-date": "20261122T090000Z",
      "x-amz-content-sha256": createHash("sha256")
        .update(body ?? "")
        .digest("hex"),
      "x-amz-security-token": securityToken,
      "x-amzn-tls-version": "TLSv1.2",
      "x-forwarded-proto": "https",
      ...(caller === null
        ? {}
        : {
            [unchecked === undefined ? callerHeader : uncheckedCallerHeader]: toCallerHeader(
              caller,
              { viewerAddress: "203.0.113.7", version: 2, signIn: unchecked },
            ),
          }),
      ...(origin === undefined ? {} : { [originHeader]: origin }),
      ...headers,
    },
    requestContext: {
      accountId: "111122223333",
      apiId: "abcdefghijklmnopqrstuvwxyz012345",
      ...(userArn === null ? {} : { authorizer: { iam } }),
      domainName,
      domainPrefix: "abcdefghijklmnopqrstuvwxyz012345",
      http: {
        method,
        path,
        protocol: "HTTP/1.1",
        sourceIp: "130.176.0.1",
        userAgent: "Amazon CloudFront",
      },
      requestId: "5f8e7d6c-0000-4000-8000-123456789abc",
      routeKey: "$default",
      stage: "$default",
      time: "22/Nov/2026:09:00:00 +0000",
      timeEpoch: 1_795_338_000_000,
    },
    ...writeDown(body),
  };
  return event;
}

function writeDown(
  body: string | Uint8Array | undefined,
): Pick<FunctionUrlEvent, "body" | "isBase64Encoded"> {
  if (body === undefined) return { isBase64Encoded: false };
  if (typeof body === "string") return { body, isBase64Encoded: false };
  return { body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
}

/** Sends an event to the app without an adapter between them. */
export async function send(app: Hono<AppEnv>, options: EventOptions): Promise<Response> {
  const event = functionUrlEvent(options);
  return await app.request(toRequest(event), undefined, { event, lambdaContext });
}

/** What a streaming invocation left behind. */
export interface Streamed {
  readonly contentType: string;
  /** Everything that was written, the prelude included: one entry for each write. */
  readonly writes: readonly Buffer[];
  readonly ended: boolean;
  readonly destroyed: boolean;
}

/**
 * Lambda's `awslambda` as its runtime client implements it: the prelude (JSON, then eight NUL bytes) goes out with the
 * first call of `write` and is lost when there is none; the content type cannot change after that.
 */
export const streamingRuntime: StreamingRuntime = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: {
    from(stream, metadata) {
      if (!(stream instanceof ResponseStream)) throw new TypeError("not a response stream");
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      stream.beforeFirstWrite = (write) => {
        write(Buffer.from(JSON.stringify(metadata)));
        write(Buffer.alloc(8));
      };
      return stream;
    },
  },
};

/** Lambda's response stream, open to a look at what was written so far. */
export class ResponseStream extends Writable {
  contentType = "application/octet-stream";
  readonly writes: Buffer[] = [];
  /** The most bytes that ever waited to go out. */
  mostWaiting = 0;
  beforeFirstWrite: ((write: (chunk: Buffer) => void) => void) | undefined;
  #written = false;

  readonly setContentType = (contentType: string): void => {
    if (this.#written) throw new Error("Cannot set content-type, too late.");
    this.contentType = contentType;
  };

  override write(chunk: unknown): boolean {
    if (!this.#written) this.beforeFirstWrite?.((prelude) => super.write(prelude));
    this.#written = true;
    const takesMore = super.write(chunk);
    this.mostWaiting = Math.max(this.mostWaiting, this.writableLength);
    return takesMore;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    // Not at once, so that a fast writer meets a full buffer and has to wait.
    setImmediate(done);
  }
}

/** Runs a streaming handler once. `failure` is what it rejected with. */
export async function runStreaming(
  handler: StreamingHandler,
  event: FunctionUrlEvent,
  stream = new ResponseStream(),
): Promise<Streamed & { failure: unknown }> {
  const failure = await Promise.resolve(handler(event, stream, lambdaContext)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { contentType, writes, writableEnded: ended, destroyed } = stream;
  // What was written goes out even when nobody ends the stream.
  while (!stream.destroyed && stream.writableLength > 0) await new Promise(setImmediate);
  return { contentType, writes, ended, destroyed, failure };
}

/** The second argument of a Lambda handler. */
export const lambdaContext: Parameters<StreamingHandler>[2] = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: "api",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:111122223333:function:api",
  memoryLimitInMB: "512",
  awsRequestId: "5f8e7d6c-0000-4000-8000-123456789abc",
  logGroupName: "/aws/lambda/api",
  logStreamName: "2026/11/22/[$LATEST]0",
  getRemainingTimeInMillis: () => 60_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** A streamed response taken apart: status, headers and cookies from the prelude, then the body. */
export function readStreamed({ writes }: Streamed): { metadata: unknown; body: Buffer } {
  const all = Buffer.concat(writes);
  const end = all.indexOf(Buffer.alloc(8));
  if (end === -1) throw new Error("there is no prelude");
  return {
    metadata: JSON.parse(all.subarray(0, end).toString("utf8")),
    body: all.subarray(end + 8),
  };
}
