import { createPublicKey, hash, type KeyObject } from "node:crypto";

import type { Jwk } from "@sst-gatehouse/core/verifier";

import type { EdgeAnswer, EdgeEvent } from "../../scenario.ts";

/** What a library is given to sign: nothing but what a Function URL needs signed. */
export interface ToSign {
  readonly method: string;
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: { readonly host: string; readonly "x-amz-content-sha256": string };
}

export interface Peer {
  /** Throws, or rejects, unless the token is good. */
  readonly verify: (token: string) => unknown;
  readonly sign: (request: ToSign) => SignedHeaders | Promise<SignedHeaders>;
}

type SignedHeaders = Iterable<readonly [name: string, value: string]>;

const {
  settings,
}: {
  readonly settings: {
    readonly region: string;
    readonly issuers: readonly string[];
    readonly clients: Readonly<Record<string, object>>;
    readonly jwks: { readonly keys: readonly Jwk[] };
  };
} = require("./settings.json");

export const { region } = settings;
export const [issuer = ""] = settings.issuers;
export const { keys } = settings.jwks;
export const publicKeys = new Map<unknown, KeyObject>(
  keys.map((key) => [key.kid, createPublicKey({ key, format: "jwk" })]),
);
export const clientIds = Object.keys(settings.clients);
export const service = "lambda";
export const credentials = {
  accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "",
  secretAccessKey: process.env["AWS_SECRET_ACCESS_KEY"] ?? "",
  sessionToken: process.env["AWS_SESSION_TOKEN"] ?? "",
};

/** For libraries that take one key only. @throws when there is no such key, or no token. */
export function keyIdOf(token: string): string {
  const header = Buffer.from(token.slice(0, token.indexOf(".")), "base64url").toString();
  const { kid }: { kid: string } = JSON.parse(header);
  if (!publicKeys.has(kid)) throw new TypeError("there is no such key");
  return kid;
}

/**
 * The edge function that somebody writes around two libraries, as quick as it can be: no access rules, no caller for the
 * backend, no care for the viewer's headers, no line in a log, and a refusal without a word.
 */
export function edgeFunction({ verify, sign }: Peer): (event: EdgeEvent) => Promise<EdgeAnswer> {
  return async (event) => {
    const request = event.Records[0]?.cf.request;
    const host = request?.origin?.custom?.domainName;
    if (request === undefined || host === undefined) throw new TypeError("there is no request");
    const { method, uri, querystring, body } = request;
    try {
      const token = request.headers["authorization"]?.[0]?.value.slice("Bearer ".length) ?? "";
      await verify(token);
    } catch {
      return { status: "401" };
    }
    const bytes = Buffer.from(body?.data ?? "", "base64");
    const signed = await sign({
      method,
      host,
      target: querystring === "" ? uri : `${uri}?${querystring}`,
      headers: { host, "x-amz-content-sha256": hash("sha256", bytes) },
    });
    const headers = { ...request.headers };
    for (const [key, value] of signed) headers[key.toLowerCase()] = [{ key, value }];
    return { ...request, headers };
  };
}
