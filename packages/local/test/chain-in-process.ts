import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

import { cacheBehavior, origin as originSettings } from "@sst-gatehouse/blueprint/cache-behavior";
import { edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";

import type { CorpusRequest } from "../../../corpus/read-corpus.ts";
import { toEdgeEvent } from "../src/aws/cloudfront/edge-function/edge-event.ts";
import { parseEdgeResult } from "../src/aws/cloudfront/edge-function/edge-result.ts";
import { bytesOf, toWire, type HeaderLine } from "../src/aws/cloudfront/header-lines.ts";
import { InvalidEdgeResult } from "../src/aws/cloudfront/edge-function/invalid-edge-result.ts";
import { toOriginHeaders } from "../src/aws/cloudfront/origin/origin-headers.ts";
import { findPolicies } from "../src/aws/cloudfront/policies.ts";
import {
  maxHeadBytes,
  refuseViewerRequest,
  type ViewerRequest,
} from "../src/aws/cloudfront/viewer/viewer-request.ts";
import { toWireHeaders } from "../src/aws/cloudfront/origin/wire-headers.ts";
import { admit } from "../src/aws/function-url/admit-request.ts";
import type { FunctionUrlEvent } from "../src/aws/function-url/event.ts";
import { createIdentities, type Identity } from "../src/aws/iam/identities.ts";

/** What became of a request: the event that its function would get, or who stopped it. */
export type Outcome =
  | { readonly kind: "arrived"; readonly event: FunctionUrlEvent }
  | {
      readonly kind: "stopped";
      readonly by: "guard" | "cloudfront" | "lambda";
      readonly status: number;
      readonly code?: string;
      readonly reason: string;
    };

export interface Chain {
  /** The edge role's, to sign with. */
  readonly credentials: Identity;
  /** @param edge an origin-request function: event in, request or response out. */
  send(edge: EdgeFunction, request: CorpusRequest): Promise<Outcome>;
}

// What an edge function gets and gives is JSON to the chain.
export type EdgeFunction = (event: EdgeEventJson) => Promise<unknown>;
type EdgeEventJson = ReturnType<typeof toEdgeEvent>;

const accountId = "111122223333";
const viaHost = "2afae0d44e2540f472c0635ab62c232b.cloudfront.net";
const viewerAddress = "203.0.113.178";

/**
 * The local stack's own CloudFront and Function URL, one function call after the other, without sockets: for tests that
 * send more requests than sockets would take. Clocks are the machine's.
 *
 * @param host the Function URL's.
 */
export function createChain(host: string): Chain {
  const region = host.split(".")[2] ?? "";
  const functionArn = `arn:aws:lambda:${region}:${accountId}:function:api`;
  const identities = createIdentities(accountId);
  const policy = edgeRolePolicy({
    functionArns: [functionArn],
    parameterPrefixArn: `arn:aws:ssm:${region}:${accountId}:parameter/gatehouse/app/test`,
    logGroupArn: `arn:aws:logs:*:${accountId}:log-group:/gatehouse/app/test/guard`,
  });
  const clock = { now: () => Date.now(), offsetMs: 0, advance: () => {} };
  const rules = { host, region, accountId, functionArn, identities, clock };
  const policies = findPolicies(cacheBehavior);
  const origin = {
    customHeaders: {},
    domainName: host,
    keepaliveTimeout: originSettings.keepaliveTimeoutSeconds,
    path: "",
    port: originSettings.port,
    protocol: originSettings.protocol,
    readTimeout: originSettings.readTimeoutSeconds,
    sslProtocols: originSettings.sslProtocols,
  };
  let requests = 0;

  return {
    credentials: identities.assumeRole("app-test-guard", "us-east-1.guard", [policy]),
    async send(edge, request) {
      const viewer = viewerRequest(request);
      const { method, body = Buffer.alloc(0) } = request;
      const early = refuseViewerRequest(viewer, cacheBehavior);
      if (early !== undefined)
        return { kind: "stopped", by: "cloudfront", status: early.status, reason: early.reason };
      requests += 1;
      const requestId = `request-${requests}`;
      const headers = toOriginHeaders(viewer, {
        policies,
        cachedMethods: cacheBehavior.cachedMethods,
        originDomainName: host,
        viaHost,
      });
      const event = toEdgeEvent({
        distributionDomainName: "d111111abcdef8.cloudfront.net",
        distributionId: "EDFDVBD6EXAMPLE",
        requestId,
        clientIp: viewerAddress,
        method,
        path: viewer.path,
        query: viewer.query,
        headers,
        origin,
        body,
      });
      const asked = event.Records[0].cf.request;
      const payload = Buffer.from(JSON.stringify(await edge(JSON.parse(JSON.stringify(event)))));
      const result = parsed(payload, asked);
      if ("by" in result) return result;
      if (result.kind === "respond") {
        const { code }: { code?: string } =
          result.body.length === 0 ? {} : JSON.parse(result.body.toString("utf8"));
        const told = code === undefined ? {} : { code };
        return { kind: "stopped", by: "guard", status: result.status, reason: "", ...told };
      }
      const query = result.querystring === "" ? "" : `?${result.querystring}`;
      const target = toWire(`${result.uri}${query}`);
      const lines = toWireHeaders(result, { method, requestId, viaHost, body });
      if (target.length + bytesOf(lines) > maxHeadBytes)
        return { kind: "stopped", by: "cloudfront", status: 502, reason: "the head is too large" };
      const admitted = await admit(callOf({ method, target, lines, body }), rules);
      if (admitted === "gone") throw new Error("the request was not read");
      if ("event" in admitted) return { kind: "arrived", event: admitted.event };
      return { kind: "stopped", by: "lambda", status: admitted.status, reason: admitted.reason };
    },
  };
}

function parsed(
  payload: Buffer,
  asked: EdgeEventJson["Records"][0]["cf"]["request"],
): ReturnType<typeof parseEdgeResult> | Extract<Outcome, { kind: "stopped" }> {
  try {
    return parseEdgeResult(payload, asked);
  } catch (error) {
    if (!(error instanceof InvalidEdgeResult)) throw error;
    return { kind: "stopped", by: "cloudfront", status: 502, reason: error.message };
  }
}

/** As an HTTP parser gives it: blanks around header values are gone. */
function viewerRequest({ method, target, headers, body, chunked }: CorpusRequest): ViewerRequest {
  const mark = target.indexOf("?");
  const length = chunked
    ? [["Transfer-Encoding", "chunked"] as const]
    : body === undefined
      ? []
      : [["Content-Length", String(body.length)] as const];
  const lines: HeaderLine[] = [["Host", "app.example.com"], ...headers, ...length];
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    httpVersion: "1.1",
    address: viewerAddress,
    port: 50_000,
    headers: lines.map(([name, value]) => [name, value.replaceAll(/^[ \t]+|[ \t]+$/g, "")]),
  };
}

function callOf({
  method,
  target,
  lines,
  body,
}: {
  readonly method: string;
  readonly target: string;
  readonly lines: readonly HeaderLine[];
  readonly body: Buffer;
}) {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  request.url = target;
  request.httpVersion = "1.1";
  request.rawHeaders = lines.flat();
  if (body.length > 0) request.push(body);
  request.push(null);
  request.complete = true;
  return {
    requestId: "request-1",
    watchedAs: "request-1",
    trace: { id: "Root=1", header: "Root=1" },
    request,
    response: new ServerResponse(request),
  };
}
