import { createHash } from "node:crypto";

import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HeaderBag, HttpRequest as SmithyRequest } from "@smithy/types";
import { describe, expect, test } from "vitest";

import {
  awsCAuthCases,
  botocoreCases,
  derivedCases,
  signatureOf,
  type SignatureCase,
} from "./signature-vectors.ts";
import { signByTheRules, type Signed } from "@sst-gatehouse/testkit/sigv4-by-the-rules";
import { createSigner } from "../src/sigv4/signer.ts";
import { canonicalQuery, encodeRfc3986, sortedQuery } from "../src/sigv4/wire.ts";

const awsCAuth = awsCAuthCases();
const botocore = botocoreCases();
const derived = derivedCases();

test("every case is here", () => {
  expect([awsCAuth.length, botocore.length, derived.length]).toEqual([38, 34, 38]);
  for (const set of [awsCAuth, botocore, derived])
    expect(new Set(set.map(({ name }) => name)).size).toBe(set.length);
});

describe.each([
  ["aws-c-auth-v4", awsCAuth],
  ["aws-sig-v4-test-suite-botocore", botocore],
  ["derived-lambda", derived],
])("%s", (_set, cases) => {
  test.each(cases)("our wire form signs $name", (vector) => {
    expect(signOurForm(vector)).toEqual(vector.expected);
  });

  test.each(cases)("the library signs $name", async (vector) => {
    expect(await signByLibrary(vector)).toEqual(vector.expected);
  });
});

describe("createSigner", () => {
  /** What it does not sign, ever. */
  const notOurs: Record<string, string> = {
    "no-content-sha256-header": "the body's hash is always sent",
    "post-json": "content-type is not signed",
    "post-empty-body": "content-length is not signed",
    "put-binary-body": "content-type is not signed",
    "post-utf8-body": "content-type is not signed",
    "header-inner-spaces": "other headers are not signed",
    "header-comma-list": "other headers are not signed",
    "header-cookie": "cookies are not signed",
  };
  const ours = derived.filter(({ name }) => notOurs[name] === undefined);

  test("leaves out only the cases that sign other headers than it does", () => {
    const own = /SignedHeaders=host;x-amz-content-sha256;x-amz-date(?:;x-amz-security-token)?,/;
    expect(
      derived.filter(({ expected }) => !own.test(expected.authorization)).map(({ name }) => name),
    ).toEqual(derived.filter(({ name }) => notOurs[name] !== undefined).map(({ name }) => name));
    expect(Object.keys(notOurs).length + ours.length).toBe(38);
    expect(ours.length).toBe(30);
  });

  test.each(ours)(
    "signs $name",
    async ({ method, path, query, body, headers, context, expected }) => {
      const sign = createSigner({
        credentials: () => context,
        now: () => dateOf(context.timestamp).getTime() / 1000,
      });
      const host = headers.find(([name]) => name === "host")?.[1] ?? "";
      const signed = await sign({
        method,
        host,
        path,
        query,
        headers: { "content-type": ["text/plain"], via: ["2.0 2afae.cloudfront.net (CloudFront)"] },
        body: { kind: "visible", bytes: body },
      });
      expect(signed).toEqual({
        method,
        host,
        path,
        query: canonicalQuery(query),
        headers: {
          "content-type": ["text/plain"],
          via: ["2.0 2afae.cloudfront.net (CloudFront)"],
          ...Object.fromEntries(
            headers.filter(([name]) => name !== "host").map(([name, value]) => [name, [value]]),
          ),
          authorization: [expected.authorization],
        },
        body: { kind: "visible", bytes: body },
      });
    },
  );
});

test("the older suite has one signed request that is out of date, and no other fault", () => {
  const stale = botocore.filter(
    ({ sentAuthorization, expected }) => sentAuthorization !== expected.authorization,
  );
  expect(stale.map(({ name }) => name)).toEqual(["get-vanilla-with-session-token"]);
});

/** The case in the canonical form our wire functions give, signed by the rules. */
function signOurForm({
  method,
  path,
  query,
  headers,
  body,
  context,
  normalize,
}: SignatureCase): Signed {
  const segments = path.split("/").map(encodeRfc3986);
  return signByTheRules(
    {
      method,
      path: normalize ? resolved(segments) : segments.join("/"),
      query: sortedQuery(canonicalQuery(asWireText(query))),
      headers,
      payloadHash: createHash("sha256").update(body).digest("hex"),
    },
    context,
  );
}

function resolved(segments: readonly string[]): string {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}${kept.length > 0 && segments.at(-1) === "" ? "/" : ""}`;
}

/** The case through `@smithy/signature-v4`, with nothing of ours in between. */
async function signByLibrary(vector: SignatureCase): Promise<Signed> {
  const { context } = vector;
  const seen: string[] = [];
  class Observed extends SignatureV4 {
    protected override createCanonicalRequest(
      request: SmithyRequest,
      headers: HeaderBag,
      payloadHash: string,
    ): string {
      const canonicalRequest = super.createCanonicalRequest(request, headers, payloadHash);
      seen.push(canonicalRequest);
      return canonicalRequest;
    }

    protected override async createStringToSign(
      longDate: string,
      scope: string,
      canonicalRequest: string,
      algorithm: string,
    ): Promise<string> {
      const stringToSign = await super.createStringToSign(
        longDate,
        scope,
        canonicalRequest,
        algorithm,
      );
      seen.push(stringToSign);
      return stringToSign;
    }
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of vector.headers) {
    const before = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = before === undefined ? value : `${before},${value}`;
  }
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(vector.query))
    (query[name] = query[name] ?? []).push(value);

  const signer = new Observed({
    service: context.service,
    region: context.region,
    credentials: context,
    sha256: Sha256,
    uriEscapePath: vector.normalize,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method: vector.method,
      protocol: "https:",
      hostname: headers["host"] ?? "",
      // For S3 the library takes the path as it is on the wire.
      path: vector.normalize ? vector.path : asWireText(vector.path),
      query,
      headers,
      body: vector.body,
    },
    { signingDate: dateOf(context.timestamp) },
  );
  const authorization = signed.headers["authorization"] ?? "";
  const [canonicalRequest = "", stringToSign = ""] = seen;
  return { canonicalRequest, stringToSign, signature: signatureOf(authorization), authorization };
}

/** Raw text of a vector with what may not stand on the wire percent-encoded. */
function asWireText(raw: string): string {
  return raw.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent);
}

function dateOf(timestamp: string): Date {
  return new Date(timestamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5"));
}
