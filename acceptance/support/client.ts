import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

import aws4 from "aws4";

import { record } from "./recordings.ts";
import type { Target } from "./target.ts";

export interface Sent {
  readonly method?: string;
  /** Exactly as it goes on the wire, with the query; nothing normalises it. */
  readonly path?: string;
  /** A value that is a list becomes as many header lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** A backend of the test's own answers with what it received; the search for secrets leaves that answer out. */
  readonly mayHoldTokens?: boolean;
  /** Ends the wait for the answer, with an error. */
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names, in the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  header(name: string): string | undefined;
  text(): string;
  /** Parsed; what the caller says it is, is not checked. */
  json<T = Record<string, unknown>>(): T; // oxlint-disable-line typescript/no-unnecessary-type-parameters
}

/**
 * Sends one raw HTTP request. Plain HTTP is spoken to a stack on this machine only, whose names are dialled on the
 * loopback address.
 */
export function send(
  base: string,
  { method = "GET", path = "/", headers = {}, body, mayHoldTokens = false, signal }: Sent = {},
): Promise<Answer> {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = start({
      host: url.protocol === "https:" ? url.hostname : "127.0.0.1",
      port: url.port,
      method,
      path,
      setHost: false,
      headers: { host: url.host, ...mutable(headers) },
      agent: false,
      signal,
    });
    request.on("error", reject);
    request.on("response", (response) => {
      collect(`${method} ${base}`, path, response, mayHoldTokens).then(resolve, reject);
    });
    request.end(body);
  });
}

function mutable(headers: NonNullable<Sent["headers"]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]),
  );
}

async function collect(
  request: string,
  path: string,
  response: IncomingMessage,
  mayHoldTokens: boolean,
): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const headers = pairs(response.rawHeaders);
  const status = response.statusCode ?? 0;
  record({
    request: `${request}${path.slice(0, 200)}`,
    status,
    headers,
    body: body.toString("latin1"),
    mayHoldTokens:
      mayHoldTokens ||
      path === "/token" ||
      path.startsWith("/oauth2/") ||
      path.startsWith("/login"),
  });
  return {
    status,
    headers,
    body,
    header: (name) => headers.find(([key]) => key === name.toLowerCase())?.[1],
    text: () => body.toString("utf8"),
    json: () => JSON.parse(body.toString("utf8")),
  };
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  const result: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    result.push([(raw[index] ?? "").toLowerCase(), raw[index + 1] ?? ""]);
  }
  return result;
}

/** Calls through CloudFront, with the bearer token if there is one. */
export function viaApp(
  target: Target,
  sent: Sent & { readonly token?: string } = {},
): Promise<Answer> {
  const { token, headers, ...rest } = sent;
  return send(target.appUrl, {
    ...rest,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });
}

/** Calls the Function URL directly, signed by an independent signer with the given credentials. */
export function signedForFunctionUrl(
  target: Target,
  credentials: Target["credentials"]["edge"],
  sent: Sent = {},
  overrides: { readonly service?: string; readonly region?: string } = {},
): Sent {
  const { hostname } = new URL(target.functionUrl);
  const signed = aws4.sign(
    {
      host: hostname,
      method: sent.method ?? "GET",
      path: sent.path ?? "/",
      service: overrides.service ?? "lambda",
      region: overrides.region ?? target.region,
      headers: { host: hostname, ...mutable(sent.headers ?? {}) },
      ...(sent.body === undefined ? {} : { body: Buffer.from(sent.body) }),
    },
    credentials,
  );
  return { ...sent, headers: textHeaders(signed.headers) };
}

/** Calls one of the stack's AWS JSON APIs, signed by the administrator unless told otherwise. */
export function callApi(
  target: Target,
  targetName: string,
  input: unknown,
  credentials: Target["credentials"]["edge"] | "unsigned" = target.credentials.admin,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const endpoint = new URL(target.endpoints.ssm);
  const body = JSON.stringify(input);
  const plain = {
    host: endpoint.host,
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": targetName,
    ...headers,
  };
  const service = targetName.startsWith("AmazonSSM")
    ? "ssm"
    : targetName.startsWith("AWSCognito")
      ? "cognito-idp"
      : "gatehouse";
  const signed =
    credentials === "unsigned"
      ? { headers: plain }
      : aws4.sign(
          {
            host: endpoint.host,
            method: "POST",
            path: "/",
            service,
            region: target.region,
            headers: plain,
            body,
          },
          credentials,
        );
  return send(target.endpoints.ssm, { method: "POST", body, headers: textHeaders(signed.headers) });
}

function textHeaders(headers: aws4.Request["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
}
