import { createHash, hash } from "node:crypto";

import { getCanonicalQuery } from "@smithy/signature-v4";
import { RequestSigner } from "aws4";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { GuardError } from "../errors.ts";
import type { HttpRequest } from "../http-request.ts";
import {
  canonicalPathByTheRules,
  canonicalQueryByTheRules,
  signByTheRules,
} from "@sst-gatehouse/testkit/sigv4-by-the-rules";
import { createSigner, type Credentials } from "./signer.ts";
import { canonicalQuery, parseQuery, sortedQuery } from "./wire.ts";

const host = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-3.on.aws";
const credentials: Credentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const temporary: Credentials = {
  ...credentials,
  sessionToken: "AQoDYXdzEPT//////////wEXAMPLETOKEN+/==",
};
/** 2015-08-30T12:36:00Z */
const now = 1_440_938_160;

const sign = createSigner({ credentials: () => credentials, now: () => now });

function get(overrides: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: "GET",
    host,
    path: "/",
    query: "",
    headers: {},
    body: { kind: "visible", bytes: new Uint8Array() },
    ...overrides,
  };
}

describe("what is signed", () => {
  test("host, date and body hash, for a request without anything else", async () => {
    expect(await sign(get())).toEqual({
      ...get(),
      headers: {
        "x-amz-content-sha256": [
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ],
        "x-amz-date": ["20150830T123600Z"],
        authorization: [
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-3/lambda/aws4_request, " +
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, " +
            "Signature=189ac421e72e34e12b52ab668be5371b25faba6eafbdb32b1b62867cc82c3a69",
        ],
      },
    });
  });

  test("the session token of temporary credentials", async () => {
    const signed = await createSigner({ credentials: () => temporary, now: () => now })(get());
    expect(signed.headers["x-amz-security-token"]).toEqual([temporary.sessionToken]);
    expect(signedHeadersOf(signed)).toBe(
      "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
    );
    expect(authorizationOf(signed)).toBe(recompute(signed, temporary));
  });

  test("the operation of an AWS API, for that service and region", async () => {
    const api = { service: "ssm", region: "eu-central-1" };
    const signApi = createSigner({ credentials: () => temporary, now: () => now, api });
    const name = "ssm.eu-central-1.amazonaws.com";
    const body = '{"Names":["/gatehouse/app/dev/revoked"]}';
    const sent = {
      host: [name],
      "content-type": ["application/x-amz-json-1.1"],
      "x-amz-target": ["AmazonSSM.GetParameters"],
    };
    const signed = await signApi(
      get({
        method: "POST",
        host: name,
        headers: { ...sent, "x-amz-date": ["20000101T000000Z"], authorization: ["of somebody"] },
        body: { kind: "visible", bytes: Buffer.from(body) },
      }),
    );
    const payloadHash = hash("sha256", body);
    const date = timestampOf(now);
    const lines = {
      "content-type": "application/x-amz-json-1.1",
      host: name,
      "x-amz-content-sha256": payloadHash,
      "x-amz-date": date,
      "x-amz-security-token": temporary.sessionToken ?? "",
      "x-amz-target": "AmazonSSM.GetParameters",
    };
    const witness = signByTheRules(
      { method: "POST", path: "/", query: "", headers: Object.entries(lines), payloadHash },
      { ...temporary, ...api, timestamp: date },
    );
    expect(signed.headers).toEqual({
      ...Object.fromEntries(Object.entries(lines).map(([header, value]) => [header, [value]])),
      authorization: [witness.authorization],
    });
  });

  test("no session token when it is empty", async () => {
    const signed = await createSigner({
      credentials: () => ({ ...credentials, sessionToken: "" }),
      now: () => now,
    })(get());
    expect(signed).toEqual(await sign(get()));
  });

  test("the identity headers, when there are any", async () => {
    const headers = {
      "x-gatehouse-caller": ["eyJraW5kIjoiYW5vbnltb3VzIn0"],
      "x-gatehouse-caller-unchecked": ["eyJ2IjoyfQ"],
      "x-gatehouse-token": ["a.b.c"],
      "x-gatehouse-authorization": ["Basic abc="],
      "x-gatehouse-origin": ["https://app.example"],
      "x-forwarded-host": ["app.example"],
    };
    const signed = await sign(get({ headers }));
    expect(signedHeadersOf(signed)).toBe(
      "host;x-amz-content-sha256;x-amz-date;x-forwarded-host;x-gatehouse-authorization;x-gatehouse-caller;x-gatehouse-caller-unchecked;x-gatehouse-origin;x-gatehouse-token",
    );
    expect(signed.headers).toMatchObject(headers);
    expect(authorizationOf(signed)).toBe(recompute(signed, credentials));
  });

  test("every line of an identity header that came twice, so that a second line cannot slip in", async () => {
    const signed = await sign(
      get({ headers: { "x-gatehouse-caller": ["one", "two"], "x-gatehouse-token": [] } }),
    );
    expect(signedHeadersOf(signed)).toBe("host;x-amz-content-sha256;x-amz-date;x-gatehouse-caller");
    expect(authorizationOf(signed)).toBe(recompute(signed, credentials));
    expect(authorizationOf(signed)).not.toBe(
      authorizationOf(await sign(get({ headers: { "x-gatehouse-caller": ["one"] } }))),
    );
  });

  test("no header that the way to the function changes", async () => {
    const headers = {
      via: ["2.0 2afae.cloudfront.net (CloudFront)"],
      "x-forwarded-for": ["203.0.113.178"],
      "user-agent": ["Amazon CloudFront"],
      "content-type": ["application/json"],
      "content-length": ["2"],
      "accept-encoding": ["gzip"],
      cookie: ["a=1", "b=2"],
      date: ["Sun, 30 Aug 2015 12:36:00 GMT"],
      "x-amzn-trace-id": ["Root=1"],
      "x-gatehouse-viewer": ["someone"],
    };
    const signed = await sign(get({ headers }));
    expect(signed.headers).toEqual({ ...headers, ...(await sign(get())).headers });
  });
});

test("drops the signature a request came with, and only that", async () => {
  const headers = Object.fromEntries([
    ["authorization", ["Bearer a.b.c"]],
    ["Authorization", ["Bearer a.b.c"]],
    ["x-amz-date", ["20000101T000000Z"]],
    ["x-amz-content-sha256", ["UNSIGNED-PAYLOAD"]],
    ["x-amz-security-token", ["theirs"]],
    ["X-Amz-Target", ["AmazonSSM.PutParameter"]],
    ["x-amz-cf-id", ["1"]],
    ["x-authorization", ["kept"]],
    ["authorization-info", ["kept"]],
    ["__proto__", ["kept", "too"]],
  ]);
  const signed = await sign(get({ headers }));
  const added = Object.entries((await sign(get())).headers);
  expect(Object.entries(signed.headers)).toEqual([
    ["x-authorization", ["kept"]],
    ["authorization-info", ["kept"]],
    ["__proto__", ["kept", "too"]],
    ...added,
  ]);
});

test("leaves the request it was given alone", async () => {
  const request = get({
    query: "b=1&a",
    headers: { authorization: ["Bearer a.b.c"], via: ["1.1 x"] },
  });
  const before = structuredClone(request);
  await sign(request);
  expect(request).toEqual(before);
});

describe("the query", () => {
  test.each([
    ["a=b=c", "a=b%3Dc"],
    ["b=2&a=2&a=1&a=10&&c", "b=2&a=2&a=1&a=10&c="],
    ["q=1+1&r=%2fa", "q=1%201&r=%2Fa"],
    ["__proto__=1", "__proto__=1"],
    ["__proto__=2&constructor=3&__proto__=1", "__proto__=2&constructor=3&__proto__=1"],
    ["2=b&10=a&1=c", "2=b&10=a&1=c"],
    ["f[]=(1)!*'", "f%5B%5D=%281%29%21%2A%27"],
  ])("%s is sent as %s, and signed as it is sent", async (raw, sent) => {
    const signed = await sign(get({ query: raw }));
    expect(signed.query).toBe(sent);
    expect(authorizationOf(signed)).toBe(recompute(signed, credentials));
  });

  test.each([100, 2000])("is signed with %i names in it", async (count) => {
    const query = Array.from(
      { length: count },
      (_, index) => `${((index * 7919) % count).toString(36)}=${index % 3}`,
    ).join("&");
    const signed = await sign(get({ query }));
    expect(signed.query).toBe(query);
    expect(authorizationOf(signed)).toBe(recompute(signed, credentials));
  });

  test("goes past the library's own query map, which loses a pair called `__proto__`", () => {
    const query = Object.fromEntries([
      ["__proto__", "1"],
      ["a", "2"],
    ]);
    const request = { method: "GET", protocol: "https:", hostname: host, path: "/", headers: {} };
    expect(getCanonicalQuery({ ...request, query })).toBe("[object Object]&a=2");
  });

  test("goes into the signature as the library would put it there from decoded pairs", () => {
    fc.assert(
      fc.property(acceptedQuery, (raw) => {
        const pairs = parseQuery(raw);
        fc.pre(pairs.every(([name]) => name !== "__proto__"));
        const query: Record<string, string[]> = {};
        for (const [name, value] of pairs) (query[name] = query[name] ?? []).push(value);
        expect(sortedQuery(canonicalQuery(raw))).toBe(
          getCanonicalQuery({
            query,
            headers: {},
            method: "GET",
            protocol: "https:",
            hostname: host,
            path: "/",
          }),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the body", () => {
  const bytes = new Uint8Array([0x00, 0xff, 0xfe, 0x80, 0x0d, 0x0a]);
  const hashOfBytes = createHash("sha256").update(bytes).digest("hex");
  const other = "0".repeat(64);

  test("is hashed as the bytes that came", async () => {
    const signed = await sign(get({ method: "PUT", body: { kind: "visible", bytes } }));
    expect(signed.headers["x-amz-content-sha256"]).toEqual([hashOfBytes]);
    expect(signed.body).toEqual({ kind: "visible", bytes });
    expect(authorizationOf(signed)).toBe(recompute(signed, credentials));
  });

  test("is hashed here when it is visible, whatever hash is claimed", async () => {
    const signed = await sign(get({ method: "PUT", body: { kind: "visible", bytes } }), other);
    expect(signed.headers["x-amz-content-sha256"]).toEqual([hashOfBytes]);
  });

  test("is signed by the hash that is given when it is hidden", async () => {
    const signed = await sign(get({ method: "PUT", body: { kind: "hidden" } }), hashOfBytes);
    expect(signed).toEqual({
      ...(await sign(get({ method: "PUT", body: { kind: "visible", bytes } }))),
      body: { kind: "hidden" },
    });
  });

  test("is refused when it is hidden and no hash is given, even if a header claims one", async () => {
    const request = get({
      method: "PUT",
      body: { kind: "hidden" },
      headers: { "x-amz-content-sha256": [hashOfBytes] },
    });
    expect(() => sign(request)).toThrow(expect.objectContaining({ code: "body_hash_required" }));
  });

  test.each(["", "0".repeat(63), "0".repeat(65), "A".repeat(64), `${other}\n`, "UNSIGNED-PAYLOAD"])(
    "needs a hash of the right form, not %j",
    async (bodyHash) => {
      expect(() => sign(get({ body: { kind: "hidden" } }), bodyHash)).toThrow(TypeError);
      expect(() => sign(get(), bodyHash)).toThrow(TypeError);
    },
  );
});

describe("the region", () => {
  test("is that of the function", async () => {
    const signed = await sign(get({ host: "abc.lambda-url.ap-southeast-2.on.aws" }));
    expect(authorizationOf(signed)).toContain(
      "Credential=AKIDEXAMPLE/20150830/ap-southeast-2/lambda/aws4_request,",
    );
    expect(authorizationOf(signed)).toBe(recompute(signed, credentials));
  });

  test("follows the host from one request to the next", async () => {
    const regions = ["eu-west-3", "us-east-1", "eu-west-3"];
    const signed: HttpRequest[] = [];
    for (const region of regions)
      signed.push(await sign(get({ host: `abc.lambda-url.${region}.on.aws` })));
    expect(signed.map((request) => authorizationOf(request).split("/")[2])).toEqual(regions);
  });

  test.each([
    "",
    "example.com",
    "localhost",
    "d111111abcdef8.cloudfront.net",
    "lambda.eu-west-3.amazonaws.com",
    "lambda-url.eu-west-3.on.aws",
    ".lambda-url.eu-west-3.on.aws",
    "abc.lambda-url..on.aws",
    "abc.lambda-url.eu-west-3.on.aws.evil.example",
    "abc.lambda-url.eu-west-3.on.aws.",
    "abc.lambda-url.eu-west-3.on.aws:443",
    "abc.lambda-url.eu-west-3.on.aws\n",
    "abc.lambda-url.eu-west-3.on.amazonaws.com",
    "abc.lambda-url.eu-west-3xonxaws",
    "abc.lambda-url.eu-west-3/x.on.aws",
    "evil.abc.lambda-url.eu-west-3.on.aws",
    "a-b.lambda-url.eu-west-3.on.aws",
    "ABC.lambda-url.eu-west-3.on.aws",
    "evil.example/abc.lambda-url.eu-west-3.on.aws",
    "user@abc.lambda-url.eu-west-3.on.aws",
  ])("is unknown, and nothing is signed, for host %j", async (stranger) => {
    expect(() => sign(get({ host: stranger }))).toThrow(
      expect.objectContaining({ code: "origin_unknown" }),
    );
  });
});

describe("credentials and clock", () => {
  test("the date is ISO 8601's basic form of the clock's second, whichever it is", async () => {
    const seed = Date.now() % 2 ** 31;
    console.log(`seed of the seconds: ${seed}`);
    const lastOfYear9999 = 253_402_300_799;
    await fc.assert(
      fc.asyncProperty(fc.nat(lastOfYear9999), async (second) => {
        const signer = createSigner({ credentials: () => credentials, now: () => second });
        const iso = new Date(second * 1000).toISOString();
        const { headers } = await signer(get());
        expect(headers["x-amz-date"]).toEqual([iso.replaceAll(/[-:]|\.\d+/g, "")]);
      }),
      { seed, numRuns: 200 },
    );
  });

  test("are read once per request, and again for each", async () => {
    const rotating = [
      temporary,
      { accessKeyId: "ASIANEXT", secretAccessKey: "next", sessionToken: "next-token" },
    ];
    let asked = 0;
    let clockReads = 0;
    const signRotating = createSigner({
      credentials: () => rotating[asked++] ?? credentials,
      // The last second of a day, then the first of the next: the date and its day have to come from one read.
      now: () => 1_440_979_199 + clockReads++,
    });
    const first = await signRotating(get());
    const second = await signRotating(get());
    expect([asked, clockReads]).toEqual([2, 2]);
    expect(first.headers["x-amz-date"]).toEqual(["20150830T235959Z"]);
    expect(second.headers["x-amz-date"]).toEqual(["20150831T000000Z"]);
    expect(authorizationOf(first)).toBe(recompute(first, temporary));
    expect(authorizationOf(second)).toBe(
      recompute(second, { accessKeyId: "ASIANEXT", secretAccessKey: "next" }),
    );
    expect(second.headers["x-amz-security-token"]).toEqual(["next-token"]);
  });

  test("do not get mixed up between requests at the same time", async () => {
    let turn = 0;
    const signInTurn = createSigner({
      credentials: () => ({ accessKeyId: `AKID${++turn}`, secretAccessKey: `secret ${turn}` }),
      now: () => now,
    });
    // Every other one takes the library's steps, which are promises.
    const signed = await Promise.all(
      Array.from({ length: 8 }, async (_, index) =>
        signInTurn(get({ path: index % 2 === 0 ? "/a" : "/a//b" })),
      ),
    );
    for (const [index, request] of signed.entries()) {
      const turnTaken = index + 1;
      expect(authorizationOf(request)).toBe(
        recompute(request, {
          accessKeyId: `AKID${turnTaken}`,
          secretAccessKey: `secret ${turnTaken}`,
        }),
      );
    }
  });
});

function unavailable(): never {
  throw new RangeError("gone");
}

const failures: [
  why: string,
  deps: Partial<Parameters<typeof createSigner>[0]>,
  request: Partial<HttpRequest>,
  expected: new (...arguments_: never[]) => Error,
][] = [
  [
    "the access key id is empty",
    { credentials: () => ({ ...credentials, accessKeyId: "" }) },
    {},
    TypeError,
  ],
  [
    "the secret key is empty",
    { credentials: () => ({ ...credentials, secretAccessKey: "" }) },
    {},
    TypeError,
  ],
  ["credentials are unavailable", { credentials: () => unavailable() }, {}, RangeError],
  ["the clock is broken", { now: () => Number.NaN }, {}, RangeError],
  ["the query is malformed", {}, { query: "a=%zz" }, GuardError],
  ["the query brings a signature of its own", {}, { query: "X-Amz-Signature=0" }, GuardError],
  ["the path cannot be encoded", {}, { path: "/\ud800" }, URIError],
];

test.each(failures)("gives no request at all when %s", async (_why, deps, request, expected) => {
  const failing = createSigner({ credentials: () => credentials, now: () => now, ...deps });
  expect(() => failing(get(request))).toThrow(expected);
});

describe("for any request", () => {
  test("the signature is the one the rules give for what is sent", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, anyCredentials, anyTime, async (request, theirs, time) => {
        const bodyHash = request.body.kind === "hidden" ? "5".repeat(64) : undefined;
        const deps = { credentials: () => theirs, now: () => time };
        const signed = await createSigner(deps)(request, bodyHash);
        expect(authorizationOf(signed)).toBe(recompute(signed, theirs));
        expect(signed.headers["x-amz-date"]).toEqual([timestampOf(time)]);
        expect(signed.headers["x-amz-content-sha256"]).toEqual([
          request.body.kind === "hidden"
            ? bodyHash
            : createHash("sha256").update(request.body.bytes).digest("hex"),
        ]);
        expect(signed.headers["x-amz-security-token"]).toEqual(
          theirs.sessionToken === undefined ? undefined : [theirs.sessionToken],
        );
        expect({ ...signed, headers: request.headers, query: request.query }).toEqual(request);
        expect(signedHeadersOf(signed)).toBe(
          [
            "host;x-amz-content-sha256;x-amz-date",
            ...(theirs.sessionToken === undefined ? [] : ["x-amz-security-token"]),
            ...[
              "x-forwarded-host",
              "x-gatehouse-authorization",
              "x-gatehouse-caller",
              "x-gatehouse-caller-unchecked",
              "x-gatehouse-origin",
              "x-gatehouse-token",
            ].filter((name) => request.headers[name] !== undefined),
          ].join(";"),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("aws4 finds the same signature", async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, anyCredentials, anyTime, async (request, theirs, time) => {
        // aws4 loses this one name, as it collects pairs in a plain object.
        fc.pre(!request.query.includes("__proto__"));
        const signed = await createSigner({ credentials: () => theirs, now: () => time })(
          request,
          "5".repeat(64),
        );
        const headers = Object.fromEntries(
          signedLines(signed).map(([name]) => [
            name,
            name === "host"
              ? host
              : (signed.headers[name] ?? []).map((value) => value.trim()).join(","),
          ]),
        );
        const path = signed.query === "" ? signed.path : `${signed.path}?${signed.query}`;
        const witness = new RequestSigner(
          {
            method: signed.method,
            host,
            path,
            service: "lambda",
            region: "eu-west-3",
            headers,
            doNotModifyHeaders: true,
          },
          theirs,
        );
        Object.assign(witness, { datetime: timestampOf(time) });
        expect(authorizationOf(signed)).toContain(witness.signature());
      }),
      { numRuns: 300 },
    );
  });
});

const acceptedQuery = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "a",
        "b",
        "A",
        "9",
        "-",
        "~",
        "+",
        "%20",
        "%2b",
        "%26",
        "%3D",
        "%61",
        "%C3%A9",
        "=",
        "&",
        "&",
        "[]",
        "/",
        "'",
        "(",
        "__proto__",
      ),
      fc.string({ maxLength: 3, unit: "grapheme" }).map((text) => encodeURIComponent(text)),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(""))
  .filter((raw) => {
    try {
      return parseQuery(raw).length >= 0;
    } catch {
      return false;
    }
  });

const pathPiece = fc.constantFrom(
  "a",
  "Z",
  "0",
  "-",
  ".",
  ".a",
  "~",
  "_",
  "%20",
  "%2F",
  "%2f",
  "%25",
  "%C3%A9",
  "!",
  "'",
  "(",
  ")",
  "*",
  "@",
  ":",
  "$",
  "&",
  "+",
  ",",
  ";",
  "=",
);
const anyPath = fc
  .tuple(
    fc.array(
      fc.array(pathPiece, { maxLength: 5 }).map((pieces) => pieces.join("")),
      { maxLength: 5 },
    ),
    fc.boolean(),
  )
  .map(([segments, slash]) => `/${segments.join("/")}${slash && segments.length > 0 ? "/" : ""}`);

const printable = fc.string({
  minLength: 1,
  maxLength: 20,
  unit: fc.constantFrom("a", "b", "Z", "0", "+", "/", "=", ".", "-", "_", " ", ",", ";", '"'),
});

const anyRequest: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
  host: fc.constant(host),
  path: anyPath,
  query: acceptedQuery,
  headers: fc.record(
    {
      "x-gatehouse-caller": fc.array(printable, { minLength: 1, maxLength: 2 }),
      "x-gatehouse-caller-unchecked": fc.tuple(printable),
      "x-gatehouse-origin": fc.tuple(printable),
      "x-gatehouse-token": fc.tuple(printable),
      "x-gatehouse-authorization": fc.tuple(printable),
      "x-forwarded-host": fc.tuple(printable),
      via: fc.tuple(printable),
      "content-type": fc.tuple(printable),
      authorization: fc.tuple(printable),
      "x-amz-date": fc.tuple(printable),
      "x-amz-content-sha256": fc.tuple(printable),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ kind: "visible" as const, bytes })),
    fc.constant({ kind: "hidden" as const }),
  ),
});

const anyCredentials: fc.Arbitrary<Credentials> = fc.record(
  {
    accessKeyId: fc.stringMatching(/^A[A-Z0-9]{5,19}$/),
    secretAccessKey: fc.base64String({ minLength: 4 }),
    sessionToken: fc.base64String({ minLength: 4 }),
  },
  { requiredKeys: ["accessKeyId", "secretAccessKey"] },
);

const anyTime = fc.integer({ min: 946_684_800, max: 4_102_444_799 });

/** The Authorization value for a signed request, worked out from what goes on the wire. */
function recompute(signed: HttpRequest, { accessKeyId, secretAccessKey }: Credentials): string {
  return signByTheRules(
    {
      method: signed.method,
      path: canonicalPathByTheRules(signed.path),
      query: canonicalQueryByTheRules(signed.query),
      headers: signedLines(signed),
      payloadHash: signed.headers["x-amz-content-sha256"]?.[0] ?? "",
    },
    {
      accessKeyId,
      secretAccessKey,
      region: signed.host.split(".")[2] ?? "",
      service: "lambda",
      timestamp: signed.headers["x-amz-date"]?.[0] ?? "",
    },
  ).authorization;
}

/** The header lines a signed request says it signed. */
function signedLines(signed: HttpRequest): (readonly [string, string])[] {
  return signedHeadersOf(signed)
    .split(";")
    .flatMap((name) =>
      (name === "host" ? [signed.host] : (signed.headers[name] ?? [])).map(
        (value) => [name, value] as const,
      ),
    );
}

function signedHeadersOf(signed: HttpRequest): string {
  return /SignedHeaders=([^,]*),/.exec(authorizationOf(signed))?.[1] ?? "";
}

function authorizationOf(signed: HttpRequest): string {
  const [value = "", ...more] = signed.headers["authorization"] ?? [];
  expect(more).toEqual([]);
  return value;
}

function timestampOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replaceAll(/[-:]|\.000/g, "");
}
