import { createHash } from "node:crypto";

import {
  canonicalPathByTheRules,
  canonicalQueryByTheRules,
  signByTheRules,
} from "@sst-gatehouse/testkit/sigv4-by-the-rules";

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

/** A request that the witness has signed, so that the verifier is not only checked by the library it is made of. */
export function signRequest(options: SignOptions): SignedRequest {
  const { credentials, datetime, region, service, canonical = {}, omit = [] } = options;
  const { method = "GET", target = "/", body = Buffer.alloc(0) } = options;
  const payloadHash = canonical.payloadHash ?? createHash("sha256").update(body).digest("hex");
  const usual: [string, string][] = [
    ["host", options.host],
    ["x-amz-date", datetime],
    ["x-amz-content-sha256", payloadHash],
  ];
  if (credentials.sessionToken) usual.push(["x-amz-security-token", credentials.sessionToken]);
  const headers = [...usual.filter(([name]) => !omit.includes(name)), ...(options.headers ?? [])];
  const [path = "", query = ""] = target.split("?");
  const { authorization } = signByTheRules(
    {
      method,
      path: canonical.path ?? canonicalPathByTheRules(path),
      query: canonical.query ?? canonicalQueryByTheRules(query),
      headers: canonical.headers ?? headers,
      payloadHash,
    },
    { ...credentials, region, service, timestamp: datetime },
  );
  return { method, target, headers: [...headers, ["authorization", authorization]], body };
}
