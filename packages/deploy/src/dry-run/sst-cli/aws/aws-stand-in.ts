import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

import { xmlAnswer, type AwsAnswer, type AwsApi, type AwsRequest } from "./aws-request.ts";
import { withoutChunks } from "./chunked-body.ts";
import { keySet } from "./key-set.ts";
import { liveEvents } from "./live-events.ts";
import { createObjectStore } from "./object-store.ts";
import { createParameterStore } from "./parameter-store.ts";

export interface AwsStandIn {
  /** An address, not a name: SDKs would put a bucket before a name. */
  readonly url: string;
  /** What was asked of an API that is not played, such as `POST / DynamoDB_20120810.GetItem`. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/**
 * Plays the few AWS APIs that the SST CLI calls before and after Pulumi runs, and the key set that a config fetches.
 * Listens on loopback, and checks no signatures: there is nothing to protect.
 */
export async function startAwsStandIn(): Promise<AwsStandIn> {
  const refused: string[] = [];
  const apis: readonly AwsApi[] = [keySet, createParameterStore(), liveEvents, createObjectStore()];
  const answer = (request: AwsRequest): AwsAnswer => {
    for (const api of apis) {
      const found = api(request);
      if (found !== undefined) return found;
    }
    const what = [request.method, request.path, request.target ?? ""].join(" ").trim();
    refused.push(what);
    return xmlAnswer(
      501,
      "<Error><Code>NotImplemented</Code><Message>not played here</Message></Error>",
    );
  };
  const server = createServer((incoming, outgoing) => {
    const respond = ({ status, contentType, body }: AwsAnswer): void => {
      outgoing.writeHead(status, contentType === undefined ? {} : { "content-type": contentType });
      outgoing.end(body);
    };
    readRequest(incoming)
      .then((request) => respond(answer(request)))
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const { method = "GET", url = "/", headers } = incoming;
  const { pathname, searchParams } = new URL(url, "http://aws");
  const target = headers["x-amz-target"];
  const body = await buffer(incoming);
  const [, region = ""] =
    /Credential=[^/]+\/\d+\/([a-z0-9-]+)\//.exec(headers.authorization ?? "") ?? [];
  return {
    method,
    path: decodeURIComponent(pathname),
    query: searchParams,
    target: typeof target === "string" ? target : undefined,
    region,
    body:
      headers["content-encoding"]?.includes("aws-chunked") === true ? withoutChunks(body) : body,
  };
}
