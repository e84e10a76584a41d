import { Sha256 } from "@aws-crypto/sha256-js";
import {
  ALGORITHM_IDENTIFIER,
  createScope,
  getSigningKey,
  SignatureV4Base,
} from "@smithy/signature-v4";
import type { ChecksumConstructor, HeaderBag } from "@smithy/types";

import {
  callerHeader,
  forwardedHostHeader,
  originHeader,
  tokenHeader,
  uncheckedCallerHeader,
} from "../caller.ts";
import { GuardError } from "../errors.ts";
import type { HttpBody, HttpRequest } from "../http-request.ts";
import { traceHeader } from "../trace.ts";
import { canonicalQuery, sortedQuery } from "./wire.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials, such as those of a role. It is sent and signed. */
  readonly sessionToken?: string;
}

export interface SignerDeps {
  /** Asked once per request: temporary credentials are replaced while a function lives. */
  readonly credentials: () => Credentials;
  /** Whole seconds since the epoch. Read once per request. */
  readonly now: () => number;
  /** SHA-256, and HMAC-SHA-256 when constructed with a secret. */
  readonly sha256?: ChecksumConstructor;
  /** An AWS API to sign for; a Lambda Function URL, in the region of its name, when left out. */
  readonly api?: { readonly service: string; readonly region: string };
}

/** The region of the signature is the function's own, not the one this code happens to run in. */
const functionUrlHost = /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;

/** Signed, so that nothing between here and the function can change who is calling, and where. */
const identityHeaders = [
  callerHeader,
  uncheckedCallerHeader,
  tokenHeader,
  originHeader,
  forwardedHostHeader,
  traceHeader,
];

/** What an AWS API wants signed of what it is sent: the operation, and the form of the input. */
const apiHeaders = ["content-type", "x-amz-target"];

/** What a signer sets. Whatever arrived under these names goes: a foreign `x-amz-content-sha256` would be signed as it is. */
const signatureHeader = /^(?:authorization$|x-amz-)/i;

/** SHA-256 of no bytes. */
const emptyBodyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Makes a function that signs a request for a Lambda Function URL, or for an AWS API, with SigV4.
 *
 * Signed are `host`, the `x-amz-*` headers set here and Gatehouse's identity headers. Nothing else: the way to the
 * function adds and changes `via`, `x-forwarded-for` and others, and a signed header that changes is a refusal.
 *
 * The returned function takes the request and, for a body that is hidden, its SHA-256 (64 lower-case hex digits; it does
 * not count for a visible body). It resolves to the request with its query in canonical form, without the `authorization` and
 * `x-amz-*` headers it came with (`x-amz-target` of an AWS API is kept, and signed), and with `authorization`, `x-amz-date`, `x-amz-content-sha256` and, for temporary
 * credentials, `x-amz-security-token`. The path is signed as it stands. There is no result without a signature.
 *
 * It rejects with a `GuardError`: `origin_unknown` for a host that is no Function URL's, `query_malformed`,
 * `body_hash_required` for a hidden body without a hash; and with a `TypeError` for a hash in another form or empty credentials.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner({
  credentials,
  now,
  sha256 = Sha256,
  api,
}: SignerDeps): (request: HttpRequest, bodyHash?: string) => Promise<HttpRequest> {
  const signature = new WireSignature(sha256, api?.service ?? "lambda");
  const signedHeaders = api ? apiHeaders : identityHeaders;

  return async (request, bodyHash) => {
    const region = api?.region ?? regionOf(request.host);
    const query = canonicalQuery(request.query);
    const payloadHash = await hashOf(request.body, bodyHash, sha256);
    const credential = requireCredentials(credentials());
    const added = await signature.sign(
      { method: request.method, path: request.path, query: sortedQuery(query) },
      {
        host: request.host,
        "x-amz-content-sha256": payloadHash,
        ...valuesOf(request, signedHeaders),
      },
      { credential, region, date: new Date(now() * 1000) },
    );
    const kept = Object.entries(request.headers).filter(([name]) => !signatureHeader.test(name));
    // fromEntries, because a header may be called `__proto__`.
    return { ...request, query, headers: Object.fromEntries([...kept, ...added]) };
  };
}

interface SigningContext {
  readonly credential: Credentials;
  readonly region: string;
  readonly date: Date;
}

/** Of a request, what is signed beside headers and body. */
interface SignedTarget {
  readonly method: string;
  readonly path: string;
  /** The canonical query, sorted. */
  readonly query: string;
}

/**
 * The library's steps, one after the other, with the query signed as the text that is sent.
 *
 * The library's own `SignatureV4` wants a map of decoded pairs. It copies that map once for every name in it, which takes
 * half a second for the 2,000 names that fit into a URL, and it writes `[object Object]` where a pair is called
 * `__proto__`. It also brings presigning and event streams, which would load with every cold start.
 */
class WireSignature extends SignatureV4Base {
  private lastKey: { readonly of: string; readonly key: Uint8Array } | undefined;

  constructor(sha256: ChecksumConstructor, service: string) {
    // Region and credentials come with each request; the base class only keeps these.
    super({
      service,
      region: "",
      credentials: { accessKeyId: "", secretAccessKey: "" },
      sha256,
    });
  }

  /** @returns the headers to add, signature included. */
  async sign(
    target: SignedTarget,
    headers: HeaderBag,
    { credential, region, date }: SigningContext,
  ): Promise<readonly (readonly [name: string, values: readonly string[]])[]> {
    const { longDate, shortDate } = this.formatDate(date);
    const scope = createScope(shortDate, region, this.service);
    const signed: HeaderBag = {
      ...headers,
      "x-amz-date": longDate,
      ...(credential.sessionToken ? { "x-amz-security-token": credential.sessionToken } : {}),
    };
    const stringToSign = await this.createStringToSign(
      longDate,
      scope,
      this.canonicalRequest(target, signed),
      ALGORITHM_IDENTIFIER,
    );
    const mac = new this.sha256(await this.signingKey(credential, shortDate, region));
    mac.update(Buffer.from(stringToSign));
    const signature = Buffer.from(await mac.digest()).toString("hex");
    const authorization = [
      `${ALGORITHM_IDENTIFIER} Credential=${credential.accessKeyId}/${scope}`,
      `SignedHeaders=${this.getCanonicalHeaderList(signed)}`,
      `Signature=${signature}`,
    ].join(", ");
    return Object.entries({ ...signed, authorization })
      .filter(([name]) => signatureHeader.test(name))
      .map(([name, value]) => [name, [value]]);
  }

  /** The last one is kept: the library hashes the credentials on every call to find its own copy. */
  private async signingKey(
    { accessKeyId, secretAccessKey }: Credentials,
    shortDate: string,
    region: string,
  ): Promise<Uint8Array> {
    const of = [accessKeyId, secretAccessKey, shortDate, region].join("\n");
    if (this.lastKey?.of !== of) {
      const credential = { accessKeyId, secretAccessKey };
      const key = await getSigningKey(this.sha256, credential, shortDate, region, this.service);
      this.lastKey = { of, key };
    }
    return this.lastKey.key;
  }

  /** The library's, with our text in the place of the query line that it left empty. */
  private canonicalRequest({ method, path, query }: SignedTarget, headers: HeaderBag): string {
    const folded: HeaderBag = {};
    for (const name in headers) folded[name] = foldSpaces(headers[name] ?? "");
    const request = { method, protocol: "https:", hostname: "", path, headers, query: {} };
    const payloadHash = headers["x-amz-content-sha256"] ?? "";
    const text = this.createCanonicalRequest(request, folded, payloadHash);
    const queryLine = text.indexOf("\n", method.length + 1) + 1;
    return text.slice(0, queryLine) + query + text.slice(queryLine);
  }
}

function foldSpaces(value: string): string {
  return value.trim().replaceAll(/\s+/g, " ");
}

function regionOf(host: string): string {
  const region = functionUrlHost.exec(host)?.[1];
  if (region === undefined)
    throw new GuardError("origin_unknown", "Requests are signed for Lambda Function URLs only.");
  return region;
}

async function hashOf(
  body: HttpBody,
  bodyHash: string | undefined,
  sha256: ChecksumConstructor,
): Promise<string> {
  if (bodyHash !== undefined && !/^[0-9a-f]{64}$/.test(bodyHash)) {
    throw new TypeError("the body's hash has to be 64 lower-case hex digits");
  }
  if (body.kind === "hidden") {
    if (bodyHash !== undefined) return bodyHash;
    throw new GuardError(
      "body_hash_required",
      "CloudFront shows only the first megabyte of a body, and none of a DELETE. Send the header x-amz-content-sha256 with the SHA-256 of the whole body as 64 lower-case hex digits.",
    );
  }
  // Read once: the edge decodes a body when it is asked for.
  const { bytes } = body;
  if (bytes.length === 0) return emptyBodyHash;
  const hash = new sha256();
  hash.update(bytes);
  return Buffer.from(await hash.digest()).toString("hex");
}

function valuesOf({ headers }: HttpRequest, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = headers[name] ?? [];
      // SigV4 trims the lines of a header and joins them with commas.
      return values.length === 0 ? [] : [[name, values.map((value) => value.trim()).join(",")]];
    }),
  );
}

function requireCredentials(credentials: Credentials): Credentials {
  if (credentials.accessKeyId === "" || credentials.secretAccessKey === "") {
    throw new TypeError("there are no credentials to sign with");
  }
  return credentials;
}
