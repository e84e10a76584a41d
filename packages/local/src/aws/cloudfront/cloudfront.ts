import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Script } from "node:vm";

import { millisecondsSince } from "../explain.ts";
import { printableHeader } from "../sigv4/printable-request.ts";
import { printablePath, withoutSecrets } from "../without-secrets.ts";
import { toCacheKey } from "./cache/cache-key.ts";
import { createCache } from "./cache/cache.ts";
import type { CachedAnswer } from "./cache/cache.ts";
import { checkDistribution } from "./distribution.ts";
import type { CloudFrontOptions, ViewerFunction } from "./distribution.ts";
import { toEdgeEvent } from "./edge-function/edge-event.ts";
import type { EdgeOrigin, EdgeRequest } from "./edge-function/edge-event.ts";
import type { ForwardedRequest } from "./edge-function/edge-result.ts";
import { parseBucketOrigin } from "./edge-function/result-origin.ts";
import { createForward } from "./origin/forward-to-origin.ts";
import type { GivenAnswer } from "./origin/forward-to-origin.ts";
import { freshnessOf } from "./cache/freshness.ts";
import type { GeneratedResponse } from "./edge-function/generated-response.ts";
import { toWire } from "./header-lines.ts";
import type { HeaderLine } from "./header-lines.ts";
import { readBody } from "../read-body.ts";
import { createOriginFetch } from "./origin/origin-fetch.ts";
import { toOriginHeaders } from "./origin/origin-headers.ts";
import { forwardsCookies, forwardsQueryStrings } from "./policies.ts";
import { type EdgeRun, runEdgeFunction } from "./edge-function/run-edge-function.ts";
import { createViewerAnswers } from "./viewer/viewer-answers.ts";
import type { Exchange } from "./viewer/viewer-answers.ts";
import { refuseViewerRequest, toViewerRequest } from "./viewer/viewer-request.ts";
import type { ViewerRequest } from "./viewer/viewer-request.ts";

/** How much the stand-in holds in memory for one request. CloudFront itself takes far more; a Function URL takes 6 MB. */
const maxBodyBytes = 20_000_000;

export interface CloudFront {
  /** Answers one viewer request. Never rejects: any failure becomes CloudFront's error page and one `explain`. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Whether the function lets a request go on to the origin. */
  admits(request: IncomingMessage): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * CloudFront on this machine: viewer limits, policies, cache, one Lambda@Edge origin-request function, one custom origin, error pages.
 *
 * Where AWS's behaviour is not known it is stricter. Two hops differ: the viewer speaks plain HTTP/1.1 from this machine, so
 * `redirect-to-https` has nothing to redirect; and the origin, whose settings say https, is dialled at `dial` in plain HTTP/1.1.
 * Left out: compression, `Vary` pruning, revalidation and stale answers when the origin fails, HTTP/2, WebSocket.
 *
 * @throws {TypeError} for a distribution that CloudFront would not take.
 */
export function createCloudFront(options: CloudFrontOptions): CloudFront {
  const { domainName, distributionId, behavior, origin, edge, devServer, clock, explain } = options;
  const { dial, watch } = options;
  const policies = checkDistribution(options);
  const cache = createCache(() => clock.now());
  const viaHost = serverName();
  const originFetch = createOriginFetch({
    ...origin,
    dial: () => (typeof dial === "function" ? dial() : dial),
  });
  const edgeOrigin = toEdgeOrigin(origin);
  const answers = createViewerAnswers({
    viaHost,
    responseHeaders: options.responseHeaders,
    clock,
    explain,
  });
  const cookiesForwarded = forwardsCookies(policies);
  const { viewerFunction: code } = options;
  const viewerFunction = typeof code === "string" ? toViewerFunction(code) : code;
  const forward = createForward({
    originFetch,
    origin: edgeOrigin,
    viaHost: serverName(),
    cookiesForwarded,
    answers,
    explain,
  });

  const headersFor = (viewer: ViewerRequest): readonly HeaderLine[] =>
    toOriginHeaders(viewer, {
      policies,
      cachedMethods: behavior.cachedMethods,
      originDomainName: origin.domainName,
      viaHost,
    });

  /** Without a function, the request goes on as it is. */
  const runFunction = async (
    { address: clientIp, method, path, query }: ViewerRequest,
    requestId: string,
    headers: readonly HeaderLine[],
    body: Buffer,
  ): Promise<EdgeRun> => {
    const event = toEdgeEvent({
      distributionDomainName: domainName,
      distributionId,
      requestId,
      clientIp,
      method,
      path,
      query: forwardsQueryStrings(policies) ? query : "",
      headers,
      origin: edgeOrigin,
      isBucket: options.isBucket === true,
      body,
    });
    return edge === undefined
      ? goesOn(event.Records[0].cf.request)
      : runEdgeFunction((input) => edge.invoke(input), event);
  };

  /** On a miss: the function, then the origin unless the function answered itself. */
  const answerAnew = async (
    exchange: Exchange,
    headers: readonly HeaderLine[],
    viewerBody: Buffer,
    wantsCopy: boolean,
  ): Promise<GivenAnswer | undefined> => {
    const { viewer, requestId, viewerGone } = exchange;
    const began = performance.now();
    const run = await runFunction(viewer, requestId, headers, viewerBody);
    if (run.kind === "forward" && edge !== undefined)
      watch?.("cloudfront", "sends on what the guard returned", printableLines(run.headers), {
        request: requestId,
        ms: millisecondsSince(began),
      });
    if (viewerGone.aborted) return undefined;
    if (run.kind === "refuse") {
      answers.refuse(exchange, run.refusal);
      return undefined;
    }
    if (run.kind === "forward") {
      const sent = devServer === undefined ? run : toDevServer(run, devServer, viewer);
      return forward(exchange, sent, { viewerBody, wantsCopy });
    }
    const given = toGivenAnswer(run);
    answers.send(exchange, given.head, "LambdaGeneratedResponse", given.body);
    return given;
  };

  const answerAgain = (exchange: Exchange, cached: CachedAnswer): void => {
    const age = Math.max(0, Math.floor((clock.now() - cached.storedAtMs) / 1000));
    const headers: HeaderLine[] = [
      ...cached.headers.filter(([name]) => name.toLowerCase() !== "age"),
      ["Age", String(age)],
    ];
    answers.send(
      exchange,
      { ...cached, headers },
      cached.status >= 400 ? "Error" : "Hit",
      cached.body,
    );
  };

  /** Requests with one key wait for the first of them, unless cookies go to the origin: those may tell people apart. */
  const answerThroughCache = async (
    exchange: Exchange,
    key: string,
    anew: () => Promise<GivenAnswer | undefined>,
  ): Promise<void> => {
    const waitedFor = cookiesForwarded ? undefined : await cache.flight(key)?.answer;
    if (waitedFor !== undefined) return answerAgain(exchange, waitedFor);
    const flight = cookiesForwarded ? undefined : cache.takeOff(key);
    try {
      const given = await anew();
      if (given === undefined) return;
      const storedAtMs = clock.now();
      const { ttlSeconds, shared } = freshnessOf(
        given.head.status,
        given.head.headers,
        policies.cache,
        storedAtMs,
      );
      const answer = { ...given.head, body: given.body, storedAtMs, ttlSeconds };
      cache.store(key, answer);
      if (shared) flight?.land(answer);
    } finally {
      flight?.land(undefined);
    }
  };

  const answer = async (received: Exchange, request: IncomingMessage): Promise<void> => {
    const { viewerGone, requestId } = received;
    const { path } = received.viewer;
    const refusal = refuseViewerRequest(received.viewer, behavior);
    if (refusal !== undefined) return answers.refuse(received, refusal);
    const asked = viewerFunction?.(path) ?? { uri: path };
    if ("statusCode" in asked) {
      const { statusCode: status, statusDescription: statusText } = asked;
      const headers: HeaderLine[] = [["Content-Length", "0"]];
      const reason = `${status}: the path can be read in two ways, and files take one`;
      explain("cloudfront", reason, [], { request: requestId });
      return answers.send(
        received,
        { status, statusText, headers },
        "FunctionGeneratedResponse",
        Buffer.alloc(0),
      );
    }
    const viewer = { ...received.viewer, path: asked.uri };
    const exchange = { ...received, viewer };
    const body = await readBody(request, { maxBytes: maxBodyBytes, beyond: "dropped" });
    if (body === "cut-off" || viewerGone.aborted) return;
    if (body === "too-large") {
      const reason = `the body has more than ${maxBodyBytes} bytes; CloudFront accepts more; this stand-in and a Function URL do not`;
      return answers.refuse(exchange, {
        status: 413,
        message: "Bad request.",
        cacheResult: "Error",
        reason,
      });
    }
    const headers = headersFor(viewer);
    const keyFor = (method: string): string | undefined =>
      toCacheKey({ ...viewer, method }, headers, policies.cache, behavior.cachedMethods);
    const key = keyFor(viewer.method);
    if (key === undefined) {
      await answerAnew(exchange, headers, body, false);
      return;
    }
    // The answer to a GET answers a HEAD too.
    const usable = viewer.method === "HEAD" ? [keyFor("GET"), key] : [key];
    const cached = usable
      .map((one) => (one === undefined ? undefined : cache.find(one)))
      .find((found) => found !== undefined);
    if (cached !== undefined) return answerAgain(exchange, cached);
    return answerThroughCache(exchange, key, () => answerAnew(exchange, headers, body, true));
  };

  return {
    async handle(request, response) {
      const gone = new AbortController();
      response.on("close", () => {
        if (!response.writableFinished) gone.abort();
      });
      const exchange = {
        viewer: toViewerRequest(request),
        response,
        requestId: newRequestId(),
        viewerGone: gone.signal,
      };
      const about = { request: exchange.requestId };
      const { method, path, headers } = exchange.viewer;
      const began = performance.now();
      const title = `${method} ${printablePath(path).slice(0, 200)}`;
      watch?.("cloudfront", `received ${title}`, printableLines(headers), about);
      response.once("close", () =>
        watch?.("cloudfront", `answered ${response.statusCode}`, [], {
          ...about,
          ms: millisecondsSince(began),
        }),
      );
      try {
        await answer(exchange, request);
      } catch (error) {
        const reason = `the stand-in itself failed: ${String(error)}`;
        if (!response.headersSent) {
          answers.refuse(exchange, {
            status: 500,
            message: "Internal server error.",
            cacheResult: "Error",
            reason,
          });
          return;
        }
        explain("cloudfront", reason, [], about);
        response.destroy();
      }
    },
    async admits(request) {
      const viewer = toViewerRequest(request);
      const run = await runFunction(viewer, newRequestId(), headersFor(viewer), Buffer.alloc(0));
      return run.kind === "forward";
    },
    async close() {
      originFetch.close();
    },
  };
}

/** Header lines without a secret: values that may be one are hashes. */
function printableLines(lines: readonly HeaderLine[]): string[] {
  return lines.map(([name, value]) => {
    const shown = withoutSecrets(name.toLowerCase());
    return `${shown}: ${printableHeader(name.toLowerCase(), value)}`;
  });
}

function goesOn({ uri, querystring, headers, origin }: EdgeRequest): EdgeRun {
  return {
    kind: "forward",
    uri,
    querystring,
    headers: Object.values(headers)
      .flat()
      .map(({ key, value }) => [key, value] as const),
    origin:
      origin.custom !== undefined
        ? { ...origin.custom, customHeaders: [] }
        : parseBucketOrigin(origin, origin.s3),
    replacement: undefined,
  };
}

/** The viewer's own path and query, with what the function has left of its headers. */
function toDevServer(
  run: ForwardedRequest,
  host: string,
  { path, query }: Exchange["viewer"],
): ForwardedRequest {
  const headers = run.headers.filter(([name]) => name.toLowerCase() !== "host");
  return { ...run, uri: path, querystring: query, headers: [...headers, ["Host", host]] };
}

/** Runs the code as CloudFront would, without anything of this process. */
function toViewerFunction(code: string): ViewerFunction {
  const script = new Script(`${code}\nJSON.stringify(handler({ request: { uri } }))`);
  return (uri) => JSON.parse(String(script.runInNewContext({ uri })));
}

function toEdgeOrigin(origin: CloudFrontOptions["origin"]): EdgeOrigin {
  const { domainName, port, protocol, sslProtocols } = origin;
  const timeouts = {
    keepaliveTimeout: origin.keepaliveTimeoutSeconds,
    readTimeout: origin.readTimeoutSeconds,
  };
  return { customHeaders: {}, domainName, path: "", port, protocol, sslProtocols, ...timeouts };
}

function toGivenAnswer({
  status,
  statusDescription,
  headers,
  body,
}: GeneratedResponse): GivenAnswer {
  const lines: HeaderLine[] = headers.map(([name, value]) => [name, toWire(value)] as const);
  if (status !== 204 && status !== 304) lines.push(["Content-Length", String(body.length)]);
  return { head: { status, statusText: statusDescription, headers: lines }, body };
}

/** 56 characters that end in `==`, as on AWS. */
function newRequestId(): string {
  return `${randomBytes(40).toString("base64url")}==`;
}

/** What a CloudFront server calls itself in `Via`; not the distribution's name. */
function serverName(): string {
  return `${randomBytes(16).toString("hex")}.cloudfront.net`;
}
