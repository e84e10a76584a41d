import { createHash, createHmac } from "node:crypto";

import type { SignedRequest } from "../src/aws/sigv4/signed-request.ts";

export interface SignOptions {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly host: string;
  /** `yyyymmddThhmmssZ` */
  readonly datetime: string;
  readonly region: string;
  readonly service: string;
  readonly method?: string;
  /** Path and query, percent-encoded. */
  readonly target?: string;
  /** Further headers to sign, lower-case names. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer;
  /** Replaces what goes into the canonical request, as a signer does that gets it wrong. */
  readonly canonical?: {
    readonly path?: string;
    readonly query?: string;
    readonly payloadHash?: string;
    readonly headers?: readonly (readonly [name: string, value: string])[];
  };
  /** Headers of the usual four to leave out. */
  readonly omit?: readonly string[];
}

/**
 * A second signer for tests, in straight lines from the specification, so that the verifier is not only checked by the
 * library it is made of.
 */
export function signPlainly(options: SignOptions): SignedRequest {
  const { credentials, datetime, method = "GET", target = "/", body = Buffer.alloc(0) } = options;
  const payloadHash = options.canonical?.payloadHash ?? sha256(body);
  const usual: [string, string][] = [
    ["host", options.host],
    ["x-amz-date", datetime],
    ["x-amz-content-sha256", payloadHash],
  ];
  if (credentials.sessionToken) usual.push(["x-amz-security-token", credentials.sessionToken]);
  const headers = [
    ...usual.filter(([name]) => !options.omit?.includes(name)),
    ...(options.headers ?? []),
  ];
  const signed = (options.canonical?.headers ?? headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const [path = "", query = ""] = target.split("?");
  const canonical = [
    method,
    options.canonical?.path ?? path.split("/").map(encode).join("/"),
    options.canonical?.query ?? sortedQuery(query),
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    names,
    payloadHash,
  ].join("\n");
  const scope = `${datetime.slice(0, 8)}/${options.region}/${options.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", datetime, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names}, Signature=${hmac(key, text).toString("hex")}`;
  return { method, target, headers: [...headers, ["authorization", authorization]], body };
}

function sortedQuery(query: string): string {
  return query
    .split("&")
    .filter(Boolean)
    .map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value.join("=")))];
    })
    .toSorted(([nameA = "", a = ""], [nameB = "", b = ""]) =>
      (nameA === nameB ? a < b : nameA < nameB) ? -1 : 1,
    )
    .map((pair) => pair.join("="))
    .join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
