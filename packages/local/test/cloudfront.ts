import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Socket } from "node:net";

import { cacheBehavior, origin as blueprintOrigin } from "@sst-gatehouse/blueprint/cache-behavior";

import { createClock } from "../src/aws/clock.ts";
import type { Clock } from "../src/aws/clock.ts";
import type { Invocation } from "../src/aws/lambda/invocation.ts";

import { createCloudFront } from "../src/aws/cloudfront/cloudfront.ts";
import type { CloudFrontOptions } from "../src/aws/cloudfront/distribution.ts";
import type { EdgeEvent } from "../src/aws/cloudfront/edge-function/edge-event.ts";
import { toHeaderLines, valuesOf } from "../src/aws/cloudfront/header-lines.ts";
import type { HeaderLine } from "../src/aws/cloudfront/header-lines.ts";

/** A plain HTTP server on a free port, for one test. */
export interface TestServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startServer(listener: RequestListener): Promise<TestServer> {
  const server = createServer({ maxHeaderSize: 65_536 }, listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: portOf(server.address()),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string")
    throw new TypeError("the server has no port");
  return address.port;
}

/** What arrived at the origin, byte for byte. */
export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderLine[];
  readonly body: Buffer;
}

export type Answering = (
  request: Received,
  response: ServerResponse,
  incoming: IncomingMessage,
) => void;

export interface Viewing {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: Buffer | string;
}

export interface Seen {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly HeaderLine[];
  readonly trailers: readonly string[];
  /** Status codes of 1xx answers. */
  readonly interim: readonly number[];
  readonly body: Buffer;
  /** The values of a header, lower-case name. */
  all(name: string): string[];
}

export interface TestDistribution {
  readonly clock: Clock;
  readonly received: Received[];
  readonly events: EdgeEvent[];
  /** One entry for each `explain`: the reason, then the details. */
  readonly explained: string[][];
  readonly port: number;
  /** How many requests have reached the distribution. */
  arrivals(): number;
  /** Sends one request and reads the whole answer; rejects when the answer breaks. */
  view(viewing?: Viewing): Promise<Seen>;
  /** Sends one request and leaves the answer's body unread. */
  open(viewing?: Viewing): Promise<IncomingMessage>;
  close(): Promise<void>;
}

export interface TestDistributionOptions {
  /** The origin; without one, 200 `from the origin`. */
  readonly answering?: Answering;
  /** The function: its result for JSON, or a whole invocation. Without one it returns the request. */
  readonly edge?: (event: EdgeEvent) => unknown;
  readonly invoke?: (event: EdgeEvent) => Promise<Invocation>;
  readonly behavior?: Partial<CloudFrontOptions["behavior"]>;
  readonly responseHeaders?: CloudFrontOptions["responseHeaders"];
  readonly origin?: Partial<CloudFrontOptions["origin"]>;
  readonly dial?: CloudFrontOptions["dial"];
}

export const originDomainName = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-3.on.aws";

/** The request of an event as a function may change it. */
export function requestOf(event: EdgeEvent): EdgeEvent["Records"][0]["cf"]["request"] {
  return event.Records[0].cf.request;
}

/** A distribution with the blueprint's behaviour, in front of an origin that records. */
export async function startDistribution(
  options: TestDistributionOptions = {},
): Promise<TestDistribution> {
  const { answering = (_request, response) => response.end("from the origin"), edge = requestOf } =
    options;
  const clock = createClock();
  const received: Received[] = [];
  const events: EdgeEvent[] = [];
  const explained: string[][] = [];

  const originServer = await startServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", rawHeaders } = incoming;
      const request = {
        method,
        target: url,
        headers: toHeaderLines(rawHeaders),
        body: Buffer.concat(chunks),
      };
      received.push(request);
      answering(request, response, incoming);
    });
  });

  const invokeJson = async (event: EdgeEvent): Promise<Invocation> => {
    const payload = Buffer.from(JSON.stringify((await edge(event)) ?? null));
    return { kind: "response", requestId: "8f507e40-0000-4000-8000-000000000000", payload };
  };
  const cloudFront = createCloudFront({
    domainName: "d111111abcdef8.cloudfront.net",
    distributionId: "EDFDVBD6EXAMPLE",
    behavior: { ...cacheBehavior, ...options.behavior },
    ...(options.responseHeaders === undefined ? {} : { responseHeaders: options.responseHeaders }),
    origin: { ...blueprintOrigin, domainName: originDomainName, ...options.origin },
    dial: options.dial ?? { host: "127.0.0.1", port: originServer.port },
    edge: {
      timeoutSeconds: 10,
      invoke: async (input) => {
        // Through JSON, as a function gets it.
        const event: EdgeEvent = JSON.parse(JSON.stringify(input));
        events.push(event);
        return (options.invoke ?? invokeJson)(event);
      },
    },
    clock,
    explain: (from, reason, details = []) => explained.push([`${from}: ${reason}`, ...details]),
  });
  let arrivals = 0;
  const front = await startServer((request, response) => {
    arrivals += 1;
    void cloudFront.handle(request, response);
  });
  return {
    clock,
    received,
    events,
    explained,
    port: front.port,
    arrivals: () => arrivals,
    view(viewing = {}) {
      const interim: number[] = [];
      return readWhole(openRequest(front.port, viewing, interim), interim);
    },
    open: (viewing = {}) => openRequest(front.port, viewing),
    async close() {
      await front.close();
      await cloudFront.close();
      await originServer.close();
    },
  };
}

/** `Host` is always sent; everything else is as given, and nothing is added but the length of a body. */
function openRequest(
  port: number,
  viewing: Viewing,
  interim: number[] = [],
): Promise<IncomingMessage> {
  const { method = "GET", target = "/", headers = [], body } = viewing;
  const lines: HeaderLine[] = [["Host", "app.localhost"], ...headers];
  const isFramed = ["content-length", "transfer-encoding"].some(
    (name) => valuesOf(lines, name).length > 0,
  );
  if (body !== undefined && !isFramed)
    lines.push(["Content-Length", String(Buffer.byteLength(body))]);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: "127.0.0.1",
      port,
      method,
      path: target,
      headers: lines.flat(),
      agent: false,
    });
    request.on("information", ({ statusCode }) => interim.push(statusCode));
    request.on("response", resolve).on("error", reject);
    if (body === undefined) request.useChunkedEncodingByDefault = false;
    request.end(body);
  });
}

async function readWhole(
  opening: Promise<IncomingMessage>,
  interim: readonly number[],
): Promise<Seen> {
  const response = await opening;
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = toHeaderLines(response.rawHeaders);
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    headers,
    trailers: response.rawTrailers,
    interim,
    body: Buffer.concat(chunks),
    all: (name) => valuesOf(headers, name),
  };
}
