import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import aws4 from "aws4";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createIdentities } from "../iam/identities.ts";
import type { Identities, Identity } from "../iam/identities.ts";
import { signRequest } from "../../../test/sign-request.ts";
import type { SignOptions } from "../../../test/sign-request.ts";
import type { SignedRequest } from "./signed-request.ts";
import { verifySignature } from "./verify-signature.ts";
import type { SignatureRules, SignatureVerdict } from "./verify-signature.ts";

const host = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-3.on.aws";
const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0);
const datetime = "20261122T120000Z";
const identities = createIdentities("111122223333");
const identity = identities.assumeRole("caller", "session", []);
const rules: SignatureRules = { service: "lambda", region: "eu-west-3", identities, nowMs };
const mismatchText =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function sign(options: Partial<SignOptions> = {}): SignedRequest {
  return signRequest({
    credentials: identity,
    host,
    datetime,
    region: "eu-west-3",
    service: "lambda",
    ...options,
  });
}

function signWithAws4(method: string, target: string, body: Buffer): SignedRequest {
  const signed = aws4.sign(
    {
      method,
      host,
      path: target,
      service: "lambda",
      region: "eu-west-3",
      body,
      headers: {
        "X-Amz-Date": datetime,
        "X-Amz-Content-Sha256": sha256(body),
        "Content-Type": "text/plain",
      },
    },
    identity,
  );
  return {
    method,
    target,
    headers: Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)]),
    body,
  };
}

function refused(verdict: SignatureVerdict): Extract<SignatureVerdict, { kind: "refused" }> {
  if (verdict.kind !== "refused") throw new Error(`expected a refusal, got ${verdict.kind}`);
  return verdict;
}

const withHeader = (request: SignedRequest, name: string, value: string): SignedRequest => ({
  ...request,
  headers: request.headers.map(([n, v]) => [n, n.toLowerCase() === name ? value : v]),
});
const plusHeader = (request: SignedRequest, name: string, value: string): SignedRequest => ({
  ...request,
  headers: [...request.headers, [name, value]],
});
const authorizationOf = (request: SignedRequest) =>
  request.headers.find(([name]) => name === "authorization")?.[1] ?? "";

describe("the vectors for Lambda", () => {
  interface Case {
    name: string;
    request: {
      method: string;
      path: string;
      query: string;
      headers: [string, string][];
      body_base64: string;
    };
    context: {
      access_key_id: string;
      secret_access_key: string;
      session_token: string | null;
      timestamp: string;
    };
    expected: { authorization: string };
  }
  const file = new URL("../../../../core/vectors/sigv4/derived-lambda/cases.json", import.meta.url);
  const { cases }: { cases: Case[] } = JSON.parse(readFileSync(file, "utf8"));

  function setUp({ request, context, expected }: Case): [SignedRequest, SignatureRules] {
    const known: Identity = {
      ...identity,
      accessKeyId: context.access_key_id,
      secretAccessKey: context.secret_access_key,
      sessionToken: context.session_token ?? "",
    };
    const only: Identities = {
      ...identities,
      find: (id) => (id === known.accessKeyId ? known : undefined),
    };
    const at = context.timestamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
    return [
      {
        method: request.method,
        target: request.query ? `${request.path}?${request.query}` : request.path,
        headers: [...request.headers, ["authorization", expected.authorization]],
        body: Buffer.from(request.body_base64, "base64"),
      },
      { service: "lambda", region: "eu-west-3", identities: only, nowMs: Date.parse(at) },
    ];
  }

  test("are all there", () => {
    expect(cases).toHaveLength(38);
  });

  test.each(cases)("$name has a right signature", (vector) => {
    const [request, vectorRules] = setUp(vector);
    // Every identity here has a session token. Where a vector has none that last check speaks, after the signature's.
    const expected =
      vector.context.session_token === null
        ? {
            errorType: "UnrecognizedClientException",
            reason: "x-amz-security-token is missing: these are temporary credentials",
          }
        : { kind: "signed", identity: { accessKeyId: "AKIDEXAMPLE" } };
    expect(verifySignature(request, vectorRules)).toMatchObject(expected);
  });

  // Left out: one where a changed byte may name the same resolved path.
  const changeable = cases.filter(({ name }) => name !== "path-dot-segments");
  test.each(changeable)(
    "$name fails when any byte of path, query, body or a signed header changes",
    (vector) => {
      const [request, vectorRules] = setUp(vector);
      const judge = (changed: SignedRequest) =>
        refused(verifySignature(changed, vectorRules)).errorType;
      for (let index = 1; index < request.target.length; index++) {
        const swapped = request.target[index] === "z" ? "y" : "z";
        const target = request.target.slice(0, index) + swapped + request.target.slice(index + 1);
        expect([target, judge({ ...request, target })]).toEqual([
          target,
          "InvalidSignatureException",
        ]);
      }
      for (let index = 0; index < request.body.length; index++) {
        const body = Buffer.from(request.body);
        body[index] = (body[index] ?? 0) ^ 1;
        expect(judge({ ...request, body })).toBe("InvalidSignatureException");
      }
      const signed =
        /SignedHeaders=([^,]+)/.exec(vector.expected.authorization)?.[1]?.split(";") ?? [];
      for (const name of signed) {
        const value = request.headers.find(([n]) => n === name)?.[1] ?? "";
        for (let index = 0; index < value.length; index++) {
          if (value[index] === " ") continue;
          const swapped =
            value.slice(0, index) + (value[index] === "7" ? "8" : "7") + value.slice(index + 1);
          const { kind } = verifySignature(withHeader(request, name, swapped), vectorRules);
          expect([name, swapped, kind]).toEqual([name, swapped, "refused"]);
        }
      }
    },
  );
});

describe("a right signature", () => {
  const accepted: [what: string, request: SignedRequest][] = [
    ["a plain GET", sign()],
    ["an encoded path", sign({ target: "/a%2Fb/caf%C3%A9/x(y)!*'" })],
    ["brackets in a path", sign({ target: "/_next/[id].json" })],
    ["repeated and reserved query values", sign({ target: "/a?b=2&a=1&a=10&a=%2Fx&c=x=y" })],
    ["binary bodies", sign({ method: "PUT", body: Buffer.from([0, 255, 254, 13, 10]) })],
    [
      "a body without its hash header",
      sign({ method: "POST", body: Buffer.from("x"), omit: ["x-amz-content-sha256"] }),
    ],
    [
      "headers that aws4 leaves alone by default",
      sign({
        headers: [
          ["user-agent", "me"],
          ["range", "bytes=0-1"],
        ],
      }),
    ],
    ["a header that CloudFront adds later", plusHeader(sign(), "x-amz-cf-id", "abc")],
    [
      "more pairs than a parser's usual limit",
      sign({ target: `/?${Array.from({ length: 1500 }, (_, i) => `k${i}=v`).join("&")}` }),
    ],
    ["a GET signed by aws4", signWithAws4("GET", "/a/b%20c?x=1", Buffer.alloc(0))],
    ["a POST signed by aws4", signWithAws4("POST", "/p", Buffer.from([1, 2, 200]))],
  ];
  test.each(accepted)("is seen on %s", (_what, request) => {
    expect(verifySignature(request, rules)).toEqual({ kind: "signed", identity });
  });

  test("is seen whatever path, query and body hold", () => {
    const segment = fc
      .string({ unit: anyCharacter, minLength: 1, maxLength: 8 })
      .map(encode)
      .filter((s) => !/^\.\.?$/.test(s));
    const name = fc
      .string({ unit: anyCharacter, minLength: 1, maxLength: 6 })
      .map(encode)
      .filter((s) => s !== "__proto__" && !/^x-amz-/i.test(s));
    const request = fc.record({
      path: fc.array(segment, { maxLength: 4 }),
      query: fc.array(fc.tuple(name, fc.string({ unit: anyCharacter, maxLength: 6 }).map(encode)), {
        maxLength: 5,
      }),
      body: fc.uint8Array({ maxLength: 64 }),
    });
    fc.assert(
      fc.property(request, ({ path, query, body }) => {
        const target = `/${path.join("/")}${query.length > 0 ? `?${query.map((pair) => pair.join("=")).join("&")}` : ""}`;
        const verdict = verifySignature(
          sign({ method: "POST", target, body: Buffer.from(body) }),
          rules,
        );
        expect(verdict).toEqual({ kind: "signed", identity });
      }),
      { numRuns: 300 },
    );
  });
});

test("credentials that have expired are refused in AWS's words, from that second on", () => {
  const passing = identities.assumeRole("caller", "session", [], nowMs + 1);
  const request = sign({ credentials: passing });
  expect(verifySignature(request, rules)).toMatchObject({ kind: "signed" });
  expect(verifySignature(request, { ...rules, nowMs: nowMs + 1 })).toEqual({
    kind: "refused",
    status: 403,
    errorType: "ExpiredTokenException",
    message: "The security token included in the request is expired",
    reason: "the credentials expired at 20261122T120000Z",
    details: [],
  });
  // Whoever does not hold them learns nothing about them.
  const forged = sign({ credentials: { ...passing, secretAccessKey: "another" } });
  expect(refused(verifySignature(forged, { ...rules, nowMs: nowMs + 1 })).errorType).toBe(
    "InvalidSignatureException",
  );
});

test("a request without credentials is unsigned, which is not a refusal yet", () => {
  expect(
    verifySignature(
      { method: "GET", target: "/?x-amz-meta=1", headers: [["host", host]], body: Buffer.alloc(0) },
      rules,
    ),
  ).toEqual({
    kind: "unsigned",
  });
});

const good = sign({ method: "POST", target: "/p?a=1", body: Buffer.from("hello") });
const hash = (text: string) => createHash("sha256").update(text).digest("base64");

const refusals: [
  what: string,
  request: SignedRequest,
  errorType: string,
  message: string,
  reason: string,
][] = [
  [
    "a bearer token",
    withHeader(good, "authorization", "Bearer abc.def.ghi"),
    "IncompleteSignatureException",
    `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash("Bearer abc.def.ghi")}'.`,
    "its scheme is Bearer",
  ],
  [
    "an Authorization with nothing in it and no date",
    { ...good, headers: [["Authorization", "AWS4-HMAC-SHA256"]] },
    "IncompleteSignatureException",
    `Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=${hash("AWS4-HMAC-SHA256")}`,
    "missing: Credential in Authorization, Signature in Authorization, SignedHeaders in Authorization, the x-amz-date header",
  ],
  [
    "a signature in the header and one in the query",
    { ...good, target: "/p?a=1&X-Amz-Signature=00" },
    "InvalidSignatureException",
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    "and a signature in its query",
  ],
  [
    "a presigned URL",
    { ...good, headers: [["host", host]], target: "/p?X-Amz-%41lgorithm=AWS4-HMAC-SHA256" },
    "InvalidSignatureException",
    mismatchText,
    "presigned URLs are not supported here",
  ],
  [
    "two Authorization headers",
    plusHeader(good, "authorization", "x"),
    "InvalidSignatureException",
    mismatchText,
    "more than one Authorization",
  ],
  [
    "a date that is none",
    withHeader(good, "x-amz-date", "20261322T120000Z"),
    "IncompleteSignatureException",
    "Date must be in ISO-8601 'basic format'. Got '20261322T120000Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    "yyyymmddThhmmssZ",
  ],
  [
    "a day that the month has not",
    withHeader(good, "x-amz-date", "20261131T120000Z"),
    "IncompleteSignatureException",
    "Date must be in ISO-8601 'basic format'. Got '20261131T120000Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    "yyyymmddThhmmssZ",
  ],
  [
    "a signed header that was never there",
    withHeader(good, "authorization", authorizationOf(good).replace("=host;", "=host;te;")),
    "InvalidSignatureException",
    mismatchText,
    "`te` is signed but the request does not have it",
  ],
  [
    "a date more than five minutes old",
    sign({ datetime: "20261122T115459Z" }),
    "InvalidSignatureException",
    "Signature expired: 20261122T115459Z is now earlier than 20261122T115500Z (20261122T120000Z - 5 min.)",
    "Signature expired",
  ],
  [
    "a date more than five minutes ahead",
    sign({ datetime: "20261122T120501Z" }),
    "InvalidSignatureException",
    "Signature not yet current: 20261122T120501Z is still later than 20261122T120500Z (20261122T120000Z + 5 min.)",
    "Signature not yet current",
  ],
  [
    "a host that is not signed",
    sign({ canonical: { headers: [["x-amz-date", datetime]] } }),
    "InvalidSignatureException",
    "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    "`host` is not among the signed headers",
  ],
  [
    "a session token that is not signed",
    sign({
      canonical: {
        headers: [
          ["host", host],
          ["x-amz-date", datetime],
          ["x-amz-content-sha256", sha256("")],
        ],
      },
    }),
    "InvalidSignatureException",
    "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.",
    "`x-amz-security-token` is sent but not signed",
  ],
  [
    "an x-amz header that was added later",
    plusHeader(good, "X-Amz-Meta", "1"),
    "InvalidSignatureException",
    "'x-amz-meta' must be a 'SignedHeader' in the AWS Authorization.",
    "`x-amz-meta` is sent but not signed",
  ],
  [
    "an x-amz header sent twice",
    plusHeader(good, "x-amz-content-sha256", sha256("hello")),
    "InvalidSignatureException",
    mismatchText,
    "sent more than once",
  ],
  [
    "signed headers out of order",
    withHeader(
      good,
      "authorization",
      authorizationOf(good).replace(
        /SignedHeaders=[^,]+/,
        "SignedHeaders=x-amz-date;host;x-amz-content-sha256;x-amz-security-token",
      ),
    ),
    "InvalidSignatureException",
    mismatchText,
    "not a sorted list",
  ],
  [
    "another algorithm",
    withHeader(good, "authorization", authorizationOf(good).replace("SHA256", "SHA1")),
    "IncompleteSignatureException",
    "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now). ",
    "the algorithm is not",
  ],
  [
    "a credential of four parts",
    withHeader(
      good,
      "authorization",
      authorizationOf(good).replace(/Credential=[^,]+/, "Credential=a/b/c/d"),
    ),
    "IncompleteSignatureException",
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
    "five parts",
  ],
  [
    "another region",
    sign({ region: "us-east-1" }),
    "InvalidSignatureException",
    "Credential should be scoped to a valid region. ",
    "scoped to 20261122/us-east-1/lambda/aws4_request, but this is eu-west-3/lambda on 20261122",
  ],
  [
    "another service",
    sign({ service: "execute-api" }),
    "InvalidSignatureException",
    "Credential should be scoped to correct service: 'lambda'. ",
    "execute-api",
  ],
  [
    "another region and another service",
    sign({ region: "us-east-1", service: "s3" }),
    "InvalidSignatureException",
    "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'lambda'. ",
    "us-east-1/s3",
  ],
  [
    "a scope of another day and terminator",
    withHeader(
      good,
      "authorization",
      authorizationOf(good).replace(
        "20261122/eu-west-3/lambda/aws4_request",
        "20261121/eu-west-3/lambda/aws5",
      ),
    ),
    "InvalidSignatureException",
    "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261121' != '20261122', from '20261122T120000Z'. ",
    "20261121",
  ],
  [
    "an access key that nobody has",
    withHeader(
      good,
      "authorization",
      authorizationOf(good).replace(identity.accessKeyId, "ASIAAAAAAAAAAAAAAAAA"),
    ),
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "no caller here has this access key id",
  ],
  [
    "a right signature without the session token",
    sign({ omit: ["x-amz-security-token"] }),
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "x-amz-security-token is missing",
  ],
  [
    "a right signature over another session token",
    sign({ omit: ["x-amz-security-token"], headers: [["x-amz-security-token", "other"]] }),
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "not the one that was issued",
  ],
  [
    "a body that is not the hashed one",
    { ...good, body: Buffer.from("hellO") },
    "InvalidSignatureException",
    mismatchText,
    "not the hash of the 5 bytes that arrived",
  ],
  [
    "a body that went through UTF-8 on the way",
    { ...sign({ method: "POST", body: Buffer.from("\ufffd") }), body: Buffer.from([0xff]) },
    "InvalidSignatureException",
    mismatchText,
    "it is that of UTF-8 text",
  ],
  [
    "UNSIGNED-PAYLOAD",
    sign({
      method: "POST",
      body: Buffer.from("hello"),
      canonical: { payloadHash: "UNSIGNED-PAYLOAD" },
    }),
    "InvalidSignatureException",
    mismatchText,
    "Lambda does not accept unsigned",
  ],
  [
    "a nameless parameter",
    sign({ target: "/?=1&a=1" }),
    "InvalidSignatureException",
    mismatchText,
    "without a name",
  ],
  [
    "an empty pair",
    sign({ target: "/?a=1&&b=2" }),
    "InvalidSignatureException",
    mismatchText,
    "without a name",
  ],
  [
    "a lone percent sign in the query",
    { ...good, target: "/p?a=%zz" },
    "InvalidSignatureException",
    mismatchText,
    "two hex digits",
  ],
  [
    "a query that is not UTF-8",
    { ...good, target: "/p?a=%FF" },
    "InvalidSignatureException",
    mismatchText,
    "not UTF-8",
  ],
  [
    "raw bytes outside ASCII",
    { ...good, target: "/p\u00e9" },
    "InvalidSignatureException",
    mismatchText,
    "outside printable ASCII",
  ],
  [
    "a target without a slash",
    { ...good, target: "*" },
    "InvalidSignatureException",
    mismatchText,
    "begin with a slash",
  ],
  [
    "a signed header outside ASCII",
    sign({ headers: [["x-name", "caf\u00e9"]] }),
    "InvalidSignatureException",
    mismatchText,
    "a signed header has bytes",
  ],
  [
    "a parameter that aws4 does not see",
    sign({ target: "/?__proto__=1", canonical: { query: "" } }),
    "InvalidSignatureException",
    mismatchText,
    "signers read this request in two ways",
  ],
];

describe("refuses", () => {
  test.each(refusals)("%s", (_what, request, errorType, message, reason) => {
    const verdict = refused(verifySignature(request, rules));
    expect(verdict).toMatchObject({ status: 403, errorType, message });
    expect(verdict.reason).toContain(reason);
  });

  test("one second past the window, and not the last second inside", () => {
    expect(verifySignature(sign({ datetime: "20261122T115500Z" }), rules).kind).toBe("signed");
    expect(verifySignature(sign({ datetime: "20261122T120500Z" }), rules).kind).toBe("signed");
  });

  test("garbage without throwing", () => {
    const header = fc.tuple(
      fc.constantFrom(
        "authorization",
        "host",
        "x-amz-date",
        "x-amz-security-token",
        "x-amz-content-sha256",
        "__proto__",
      ),
      fc.oneof(
        fc.string({ unit: anyCharacter }),
        fc.constantFrom(
          authorizationOf(good),
          datetime,
          host,
          "AWS4-HMAC-SHA256 Credential=,SignedHeaders=;,Signature==",
        ),
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }),
        fc.string({ unit: anyCharacter }),
        fc.array(header),
        (method, target, headers) => {
          const { kind } = verifySignature(
            { method, target, headers, body: Buffer.alloc(0) },
            rules,
          );
          expect(kind).not.toBe("signed");
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("says what the signer did", () => {
  const via = "2.0 abc.cloudfront.net (CloudFront)";
  const causes: [what: string, request: SignedRequest, reason: string][] = [
    [
      "a header that a proxy lengthened",
      withHeader(
        sign({ headers: [["via", via]] }),
        "via",
        `${via}, 1.1 def.cloudfront.net (CloudFront)`,
      ),
      "`via` did not have its last element",
    ],
    [
      "a header that was filled later",
      withHeader(sign({ headers: [["accept-encoding", ""]] }), "accept-encoding", "gzip"),
      "`accept-encoding` were empty",
    ],
    [
      "a header that came twice",
      plusHeader(sign({ headers: [["x-list", "a"]] }), "x-list", "b"),
      "`x-list` did not have its last element",
    ],
    [
      "a host without the port that is sent",
      withHeader(sign(), "host", `${host}:8080`),
      "`host` had no port",
    ],
    [
      "a plus signed as a plus",
      sign({ target: "/?q=1+1", canonical: { query: "q=1%2B1" } }),
      "`+` in the query stood for itself",
    ],
    [
      "a path encoded once",
      sign({ target: "/a%2Fb", canonical: { path: "/a%2Fb" } }),
      "the path were encoded once",
    ],
    [
      "a path with its slashes kept",
      sign({ target: "/a//b", canonical: { path: "/a//b" } }),
      "the path were encoded once",
    ],
    [
      "a path decoded first",
      sign({ target: "/caf%C3%a9", canonical: { path: "/caf%C3%A9" } }),
      "the path were decoded before",
    ],
    ["no query", sign({ target: "/a?b=1", canonical: { query: "" } }), "there were no query"],
    [
      "an unsorted query",
      sign({ target: "/a?b=1&a=2", canonical: { query: "b=1&a=2" } }),
      "the query were signed as sent",
    ],
    [
      "a query encoded twice",
      sign({ target: "/a?b=%2F", canonical: { query: "b=%252F" } }),
      "the query were encoded twice",
    ],
    [
      "the hash of nothing",
      sign({
        method: "POST",
        body: Buffer.from("x"),
        omit: ["x-amz-content-sha256"],
        canonical: { payloadHash: sha256("") },
      }),
      "the body were hashed as an empty body",
    ],
    [
      "another region in the key",
      withHeader(
        sign({ region: "us-east-1" }),
        "authorization",
        authorizationOf(sign({ region: "us-east-1" })).replace("us-east-1", "eu-west-3"),
      ),
      "the region us-east-1 in the signing key",
    ],
    [
      "another service in the key",
      withHeader(
        sign({ service: "execute-api" }),
        "authorization",
        authorizationOf(sign({ service: "execute-api" })).replace("execute-api", "lambda"),
      ),
      "the service execute-api in the signing key",
    ],
    [
      "a volatile header by name only",
      plusHeader(
        withHeader(good, "authorization", authorizationOf(good).replace("=host;", "=host;via;")),
        "via",
        "a",
      ),
      "it would be right if `via` were not signed",
    ],
    [
      "a signed header that is gone",
      {
        ...sign({ headers: [["te", "trailers"]] }),
        headers: sign({ headers: [["te", "trailers"]] }).headers.filter(([name]) => name !== "te"),
      },
      "`te` is signed but the request does not have it",
    ],
    [
      "something nobody can guess",
      { ...good, target: "/p?a=2" },
      "no single cause fits: the path, the query or a header differs from what was signed, or the secret key is a different one",
    ],
  ];
  test.each(causes)("when it signed %s", (_what, request, reason) => {
    const verdict = refused(verifySignature(request, rules));
    expect(verdict).toMatchObject({
      errorType: "InvalidSignatureException",
      message: mismatchText,
    });
    expect(verdict.reason).toContain(reason);
  });

  test("when only the scope is wrong", () => {
    expect(refused(verifySignature(sign({ region: "us-east-1" }), rules)).details).toEqual([
      "apart from its scope, the signature is right",
    ]);
  });

  test("with the canonical request and string to sign, secrets as hashes", () => {
    const secret = sign({
      target: "/a?code=s3cret&b=1",
      headers: [
        ["cookie", "id=s3cret"],
        ["content-type", "text/plain"],
      ],
    });
    const { details } = refused(
      verifySignature({ ...secret, target: "/b?code=s3cret&b=1" }, rules),
    );
    const short = (text: string) => `sha256:${sha256(text).slice(0, 8)}`;
    expect(details.slice(0, -1)).toEqual([
      "canonical request, as computed here:",
      "  GET",
      "  /b",
      `  b=${short("1")}&code=${short("s3cret")}`,
      "  content-type:text/plain",
      `  cookie:${short("id=s3cret")}`,
      `  host:${host}`,
      `  x-amz-content-sha256:${sha256("")}`,
      `  x-amz-date:${datetime}`,
      `  x-amz-security-token:${short(identity.sessionToken)}`,
      "  ",
      "  content-type;cookie;host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
      `  ${sha256("")}`,
      "string to sign, as computed here:",
      "  AWS4-HMAC-SHA256",
      `  ${datetime}`,
      "  20261122/eu-west-3/lambda/aws4_request",
    ]);
    expect(details.at(-1)).toMatch(/^ {2}[0-9a-f]{64}$/);
  });

  describe("when only a volatile header can be suspected", () => {
    const bodyHashMissing = "x-amz-content-sha256";
    /** What `aws4` signs by itself: length and type of the body, and no hash of it. */
    const byAws4 = sign({
      method: "POST",
      body: Buffer.from("hello"),
      omit: [bodyHashMissing],
      headers: [
        ["content-length", "5"],
        ["content-type", "text/plain"],
      ],
    });
    const mayAlso = (name: string) =>
      `\`${name}\` is signed, and a proxy may have changed it on the way: sign \`host\` and your own \`x-amz-*\` only`;

    test("a changed body comes first, and the header only after it", () => {
      const verdict = refused(verifySignature({ ...byAws4, body: Buffer.from("hellp") }, rules));
      expect(verdict.reason).toBe(
        "the signature is wrong: the body, the path, the query or a header differs from what was signed, or the secret key is a different one; sign x-amz-content-sha256 to recognise a changed body",
      );
      expect(verdict.details.slice(0, 2)).toEqual([
        mayAlso("content-length"),
        "canonical request, as computed here:",
      ]);
    });

    test("a body that was hashed is not suspected", () => {
      const verdict = refused(
        verifySignature(withHeader(sign({ headers: [["via", "a"]] }), "via", "b"), rules),
      );
      expect(verdict.reason).toBe(
        "the signature is wrong: no single cause fits: the path, the query or a header differs from what was signed, or the secret key is a different one",
      );
      expect(verdict.details[0]).toBe(mayAlso("via"));
    });

    test("nor is one that is empty", () => {
      const verdict = refused(
        verifySignature({ ...sign({ omit: [bodyHashMissing] }), target: "/b" }, rules),
      );
      expect(verdict.reason).toContain("no single cause fits: the path");
    });

    test("another session token is said first", () => {
      const verdict = refused(
        verifySignature(withHeader(byAws4, "x-amz-security-token", "other"), rules),
      );
      expect(verdict.reason).toBe(
        "the signature is wrong: `x-amz-security-token` is not the token that was issued with this access key",
      );
    });
  });

  describe("without showing a secret in an odd place:", () => {
    const clientSecret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";
    const jwt = `eyJhbGciOiJSUzI1NiJ9.${"Ab1".repeat(30)}.${"c2ln".repeat(20)}`;
    const password = "Gate-0123456789ab-7";
    const { secretAccessKey, sessionToken } = identity;
    const secrets = [
      clientSecret,
      clientSecret.slice(0, 40),
      jwt,
      password,
      secretAccessKey,
      sessionToken,
    ];
    const credential = (text: string) =>
      withHeader(
        good,
        "authorization",
        authorizationOf(good).replace(/Credential=[^,]+/, () => `Credential=${text}`),
      );
    const id = identity.accessKeyId;
    const places: [where: string, request: (secret: string) => SignedRequest][] = [
      ["a query's value", (s) => ({ ...good, target: `/p?apikey=${encode(s)}` })],
      ["a query's name", (s) => ({ ...good, target: `/p?${encode(s)}` })],
      ["a path", (s) => ({ ...good, target: `/p/${encode(s)}/q` })],
      [
        "a plain header",
        (s) => withHeader(sign({ headers: [["user-agent", "a"]] }), "user-agent", encode(s)),
      ],
      ["the host", (s) => withHeader(good, "host", encode(s))],
      ["the name of a header", (s) => plusHeader(good, `x-amz-${encode(s).toLowerCase()}`, "1")],
      [
        "the names of signed headers",
        (s) =>
          withHeader(
            good,
            "authorization",
            authorizationOf(good).replace(
              /SignedHeaders=[^,]+/,
              `SignedHeaders=0${s.toLowerCase().replace(/[^a-z0-9-]/g, "")};host;x-amz-content-sha256;x-amz-date;x-amz-security-token`,
            ),
          ),
      ],
      [
        "the name of a header that was signed",
        (s) => ({ ...sign({ headers: [[`x-${encode(s).toLowerCase()}`, "1"]] }), target: "/b" }),
      ],
      ["a date", (s) => withHeader(good, "x-amz-date", s)],
      [
        "the algorithm",
        (s) =>
          withHeader(
            good,
            "authorization",
            authorizationOf(good).replace("AWS4-HMAC-SHA256", () => s),
          ),
      ],
      ["another scheme", (s) => withHeader(good, "authorization", `Token ${s}`)],
      ["a scheme itself", (s) => withHeader(good, "authorization", s)],
      ["a whole credential", (s) => credential(encode(s))],
      ["a scope's day", (s) => credential(`${id}/${encode(s)}/eu-west-3/lambda/aws4_request`)],
      ["a scope's region", (s) => credential(`${id}/20261122/${encode(s)}/lambda/aws4_request`)],
      [
        "a scope's service",
        (s) => credential(`${id}/20261122/eu-west-3/${encode(s)}/aws4_request`),
      ],
      ["a scope's end", (s) => credential(`${id}/20261122/eu-west-3/lambda/${encode(s)}`)],
    ];
    test.each(places)("%s", (_where, request) => {
      for (const secret of secrets) {
        const { reason, details, message } = refused(verifySignature(request(secret), rules));
        const shown = [reason, message, ...details].join("\n").toLowerCase();
        const plain = secret.toLowerCase();
        for (let start = 0; start + 16 <= plain.length; start += 1)
          expect(shown).not.toContain(plain.slice(start, start + 16));
      }
    });

    test("every value of a query is a hash, which can be compared, and an empty one stays", () => {
      const { details } = refused(
        verifySignature({ ...good, target: "/p?apikey=s%203&page=2&flag&none=" }, rules),
      );
      const short = (text: string) => `sha256:${sha256(text).slice(0, 8)}`;
      expect(details[3]).toBe(`  apikey=${short("s 3")}&flag=&none=&page=${short("2")}`);
    });

    test("a scope's usual parts stay readable next to one that is not", () => {
      const { reason } = refused(
        verifySignature(credential(`${id}/20261122/${clientSecret}/lambda/aws4_request`), rules),
      );
      expect(reason).toBe(
        "the signature is scoped to 20261122/something unreadable/lambda/aws4_request, but this is eu-west-3/lambda on 20261122",
      );
    });
  });

  test("without ever showing a token, a secret or a part of a signature", () => {
    for (const [, request] of [...refusals, ...causes]) {
      const { reason, details, message } = refused(verifySignature(request, rules));
      const shown = [reason, message, ...details].join("\n");
      const signature =
        /Signature=([0-9a-f]{64})/.exec(authorizationOf(request))?.[1] ??
        randomBytes(8).toString("hex");
      for (const hidden of [
        identity.sessionToken.slice(0, 16),
        identity.secretAccessKey,
        signature.slice(0, 8),
        "abc.def.ghi",
      ]) {
        expect(shown).not.toContain(hidden);
      }
    }
  });
});
