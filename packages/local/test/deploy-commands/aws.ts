import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { createIdentities, type Credentials, credentialsOf } from "../../src/aws/iam/identities.ts";
import { playParameterStore } from "../parameter-store.ts";

/** A function in the stand-in's account. */
export interface PlayedFunction {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Without `$LATEST`, which every function has. */
  readonly versions: readonly number[];
  /** As Lambda writes it. */
  readonly lastModified?: string;
  /** The same, of versions that differ. */
  readonly publishedAt?: Readonly<Record<number, string>>;
}

export interface AwsUnderTest {
  readonly url: string;
  readonly functions: PlayedFunction[];
  readonly putParameter: (name: string, value: string) => void;
  /** The names of those of these parameters that are there. */
  readonly parametersAmong: (names: readonly string[]) => Promise<readonly unknown[]>;
  /** Of somebody who may read the stages' parameters, and delete them. */
  readonly credentials: Credentials;
  /** Of somebody who may only read them. */
  readonly reader: Credentials;
  /** Error types by `<name>` or `<name>:<version>`, answered to a deletion of it. */
  readonly refusals: Map<string, { readonly type: string; readonly message: string }>;
  /** Every DELETE request that arrived, path and query as on the wire. */
  readonly deletions: string[];
  /** Called when a DELETE request arrives, before it is answered. */
  onDeletion: () => void;
  close(): Promise<void>;
}

export const account = "123456789012";

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:${account}:function:${name}`;
}

/**
 * Lambda's REST API on loopback, and the stack's own Parameter Store at the same address, for the real SDK clients. Pages
 * hold two entries, so nothing that follows from a first page alone passes.
 */
export async function startAws(): Promise<AwsUnderTest> {
  const identities = createIdentities(account);
  const store = playParameterStore("eu-central-1", account, identities);
  const whoMay = (...Action: string[]) => {
    const Statement = [{ Effect: "Allow" as const, Action, Resource: "*" }];
    return credentialsOf(
      identities.assumeRole("operator", "sweep", [{ Version: "2012-10-17", Statement }]),
    );
  };
  const aws: Played = {
    functions: [],
    putParameter: store.put,
    async parametersAmong(names) {
      const { Parameters } = await store.call("GetParameters", { Names: names });
      return [Parameters].flat().map((parameter) => Object(parameter).Name);
    },
    credentials: whoMay("ssm:GetParameters", "ssm:DeleteParameters"),
    reader: whoMay("ssm:GetParameters"),
    refusals: new Map(),
    deletions: [],
    onDeletion: () => undefined,
  };
  const server = createServer((request, response) => {
    if (request.method === "POST") store.listener(request, response);
    else answer(aws, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(aws, {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

type Played = Omit<AwsUnderTest, "url" | "close">;

function answer(aws: Played, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, kind, subject = ""] =
    /^\/(2015-03-31\/functions|2017-03-31\/tags)\/([^/]*)(?:\/versions)?$/.exec(url.pathname) ?? [];
  const name = decodeURIComponent(subject);
  if (request.method === "DELETE") return answerDeletion(aws, name, url, response);
  if (kind === "2017-03-31/tags") {
    const played = aws.functions.find((each) => functionArn(each.name) === name);
    return send(response, 200, { Tags: played?.tags ?? {} });
  }
  const marker = Number(url.searchParams.get("Marker") ?? "0");
  const entries =
    name === ""
      ? aws.functions.map((each) => configuration(each, "$LATEST"))
      : aws.functions
          .filter((each) => each.name === name)
          .flatMap((each) =>
            ["$LATEST", ...each.versions.map(String)].map((version) =>
              configuration(each, version),
            ),
          );
  const next = marker + 2 < entries.length ? { NextMarker: String(marker + 2) } : {};
  const page = entries.slice(marker, marker + 2);
  send(response, 200, { [name === "" ? "Functions" : "Versions"]: page, ...next });
}

function configuration(played: PlayedFunction, version: string) {
  const { name } = played;
  const qualifier = version === "$LATEST" ? "" : `:${version}`;
  const lastModified = played.publishedAt?.[Number(version)] ?? played.lastModified;
  return {
    FunctionName: name,
    FunctionArn: `${functionArn(name)}${qualifier}`,
    Version: version,
    ...(lastModified === undefined ? {} : { LastModified: lastModified }),
  };
}

function answerDeletion(aws: Played, name: string, url: URL, response: ServerResponse): void {
  aws.deletions.push(`${url.pathname}${url.search}`);
  aws.onDeletion();
  const version = url.searchParams.get("Qualifier");
  const refusal = aws.refusals.get(version === null ? name : `${name}:${version}`);
  if (refusal === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.setHeader("x-amzn-errortype", refusal.type);
  send(response, refusal.type === "ResourceNotFoundException" ? 404 : 400, {
    Type: "User",
    Message: refusal.message,
    message: refusal.message,
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
