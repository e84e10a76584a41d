import { readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";

import aws4 from "aws4";
import { AwsClient } from "aws4fetch";

import type { Chain, EdgeFunction } from "@sst-gatehouse/local/test/chain-in-process";

type EdgeRequest = Parameters<EdgeFunction>[0]["Records"][0]["cf"]["request"];

export const peerNames = ["aws4", "aws4fetch", "@smithy/signature-v4"] as const;
export type PeerName = (typeof peerNames)[number];

/** What a library is given: what the documentation of each shows, and nothing made ready for it. */
interface ToSign {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** `host`, and the content type where there is one: what an integration signs that has read AWS's advice. */
  readonly headers: Readonly<Record<string, string>>;
  /** What CloudFront shows of the body; `undefined` where that is nothing. */
  readonly body: Buffer | undefined;
}

type Signer = (request: ToSign) => Promise<Iterable<readonly [name: string, value: string]>>;

/** The part of smithy's library that is used here. The guard is built on it, so it is core's, in core's version. */
interface Smithy {
  readonly SignatureV4: new (options: object) => {
    sign(request: object): Promise<{ readonly headers: Readonly<Record<string, string>> }>;
  };
}

const core = import.meta.resolve("@sst-gatehouse/core/signer");
const ofCore = createRequire(core);
const smithy: Smithy = ofCore("@smithy/signature-v4");
const { Sha256 }: { readonly Sha256: unknown } = ofCore("@aws-crypto/sha256-js");

const region = "eu-central-1";
const service = "lambda";

/**
 * Each library used the usual way in an origin-request function: path and query as the event has them, the body as bytes,
 * the signature's headers added to the viewer's, and the request passed on as it came.
 */
export function peerFunctions({ credentials }: Chain): Readonly<Record<PeerName, EdgeFunction>> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const keys = { accessKeyId, secretAccessKey, sessionToken };
  const client = new AwsClient({ ...keys, service, region });
  const smithySigner = new smithy.SignatureV4({
    service,
    region,
    credentials: keys,
    sha256: Sha256,
  });

  const signers: Readonly<Record<PeerName, Signer>> = {
    async aws4({ method, host, path, query, headers, body }) {
      const target = query === "" ? path : `${path}?${query}`;
      const given = body === undefined ? {} : { body };
      const request = {
        method,
        host,
        path: target,
        service,
        region,
        headers: { ...headers },
        ...given,
      };
      const signed = aws4.sign(request, keys);
      return Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)]);
    },
    async aws4fetch({ method, host, path, query, headers, body }) {
      const url = `https://${host}${path}${query === "" ? "" : `?${query}`}`;
      const given = body === undefined ? {} : { body: new Uint8Array(body) };
      const signed = await client.sign(url, { method, headers: { ...headers }, ...given });
      return signed.headers;
    },
    async "@smithy/signature-v4"({ method, host, path, query, headers, body }) {
      const signed = await smithySigner.sign({
        method,
        protocol: "https:",
        hostname: host,
        path,
        query: Object.fromEntries(new URLSearchParams(query)),
        headers: { ...headers },
        body,
      });
      return Object.entries(signed.headers);
    },
  };
  return {
    aws4: inEdgeFunction(signers.aws4),
    aws4fetch: inEdgeFunction(signers.aws4fetch),
    "@smithy/signature-v4": inEdgeFunction(signers["@smithy/signature-v4"]),
  };
}

function inEdgeFunction(sign: Signer): EdgeFunction {
  return async ({ Records: [{ cf }] }) => {
    const { request } = cf;
    const headers: Record<string, readonly { key: string; value: string }[]> = {
      ...request.headers,
    };
    for (const [name, value] of await sign(toSign(request)))
      headers[name.toLowerCase()] = [{ key: name, value }];
    return { ...request, headers };
  };
}

function toSign({ method, uri, querystring, headers, body, origin }: EdgeRequest): ToSign {
  const host = (origin.custom ?? origin.s3).domainName;
  const bytes = Buffer.from(body.data, "base64");
  const contentType = headers["content-type"]?.[0]?.value;
  return {
    method,
    host,
    path: uri,
    query: querystring,
    headers: { host, ...(contentType === undefined ? {} : { "content-type": contentType }) },
    body: bytes.length === 0 ? undefined : bytes,
  };
}

/** Of each library, as it is installed. */
export function peerVersions(): Readonly<Record<PeerName, string>> {
  const versionOf = (name: string, from: string | URL): string => {
    const file = findPackageJSON(name, from);
    if (file === undefined) throw new TypeError(`${name} is not installed`);
    const { version }: { readonly version: string } = JSON.parse(readFileSync(file, "utf8"));
    return version;
  };
  return {
    aws4: versionOf("aws4", import.meta.url),
    aws4fetch: versionOf("aws4fetch", import.meta.url),
    "@smithy/signature-v4": versionOf("@smithy/signature-v4", core),
  };
}
