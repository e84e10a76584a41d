import { createHash } from "node:crypto";
import { connect } from "node:net";
import { Readable } from "node:stream";

import { afterEach, describe, expect, test } from "vitest";

import { createIdentities } from "../iam/identities.ts";
import type { Invocation } from "../lambda/invocation.ts";
import type { SignedRequest } from "../sigv4/signed-request.ts";
import {
  accountId,
  datetime,
  edge,
  functionArn,
  identities,
  result,
  rolePolicy,
  signedFor,
  startTestServer,
  urlHost,
} from "../../../test/function-url.ts";
import type { TestServer } from "../../../test/function-url.ts";

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(...parameters: Parameters<typeof startTestServer>): Promise<TestServer> {
  const server = await startTestServer(...parameters);
  servers.push(server);
  return server;
}

const traceId =
  /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/;
const unsignedBody = '{"Message":"Forbidden"}';
const forbiddenBody =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}';
const mismatchBody =
  '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}';
const tooLargeBody =
  '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}';

const replaced = (request: SignedRequest, name: string, value: string): SignedRequest => ({
  ...request,
  headers: request.headers.map(([own, old]) => [own, own === name ? value : old]),
});
const role = (policyOf: (sid: string) => boolean) =>
  identities.assumeRole("other", "session", [
    { ...rolePolicy, Statement: rolePolicy.Statement.filter(({ Sid }) => policyOf(Sid ?? "")) },
  ]);
const sized = (bytes: number, type: string) =>
  signedFor({
    method: "POST",
    body: Buffer.alloc(bytes, "a"),
    headers: [["content-type", type]],
  });
test("a signed and permitted request reaches the function, and its answer the client", async () => {
  const server = await start(result({ statusCode: 201, headers: { "X-Own": "1" }, body: "made" }));
  const answer = await server.send(
    signedFor({ method: "POST", target: "/a?b=1", body: Buffer.from("x") }),
  );
  expect(answer).toMatchObject({
    status: 201,
    headers: {
      "x-own": "1",
      "content-type": "application/json",
      "content-length": "4",
      "x-amzn-requestid": "request-1",
    },
  });
  expect(answer.headers["x-amzn-trace-id"]).toMatch(traceId);
  expect(answer.headers["connection"]).toBe("keep-alive");
  expect(answer.headers["keep-alive"]).toBeUndefined();
  expect(answer.body.toString()).toBe("made");
  expect(server.events).toHaveLength(1);
  expect(server.explained).toEqual([]);
});

test("one id names the request in the event, the invocation and the answer", async () => {
  const server = await start(async (_event, { requestId }) => ({
    kind: "response",
    requestId,
    payload: Buffer.from('"made"'),
  }));
  const [first, second] = [await server.send(signedFor()), await server.send(signedFor())];
  const ids = [first, second].map(({ headers }) => headers["x-amzn-requestid"]);
  expect(server.events).toMatchObject(ids.map((requestId) => ({ requestContext: { requestId } })));
  expect(server.ids).toEqual(
    [first, second].map(({ headers }) => ({
      requestId: headers["x-amzn-requestid"],
      traceId: headers["x-amzn-trace-id"],
    })),
  );
  expect(new Set(ids).size).toBe(2);
});

test("the function's trace continues the one of its request", async () => {
  const server = await start(result("made"));
  await server.send(signedFor());
  const root = server.ids[0]?.traceId.split(";")[0];
  expect(root).toMatch(/^Root=1-/);
  expect(server.events).toMatchObject([{ headers: { "x-amzn-trace-id": root } }]);
});

describe("answers before the function is asked, once explained:", () => {
  const unsigned: SignedRequest = {
    method: "GET",
    target: "/a?code=s3cret",
    headers: [["host", urlHost]],
    body: Buffer.alloc(0),
  };
  const clientSecret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";
  const shortHash = (text: string) =>
    `sha256:${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  const stranger = identities.assumeRole("stranger", "session", []);
  const withoutUrl = role((sid) => sid !== "CallTheFunctionUrl");
  const withoutInvoke = role((sid) => sid !== "InvokeThroughTheUrlOnly");
  const foreigner = createIdentities("999900001111").assumeRole(
    "app-dev-guard",
    "us-east-1.guard",
    [rolePolicy],
  );

  const rows: [
    what: string,
    request: SignedRequest,
    status: number,
    errorType: string,
    body: string,
    reason: string,
  ][] = [
    [
      "an unsigned request",
      unsigned,
      403,
      "AccessDeniedException",
      unsignedBody,
      "function-url: GET /a: 403: the request is not signed, and this Function URL accepts only IAM signatures",
    ],
    [
      "another function's host",
      replaced(unsigned, "host", `z${urlHost.slice(1)}`),
      403,
      "AccessDeniedException",
      '{"Message":null}',
      `function-url: GET /a: 403: no function has the host "z${urlHost.slice(1)}"; this one is ${urlHost}`,
    ],
    [
      "the viewer's host",
      replaced(signedFor(), "host", "app.localhost:8080"),
      403,
      "AccessDeniedException",
      '{"Message":null}',
      `no function has the host "app.localhost:8080"`,
    ],
    [
      "a secret as host",
      replaced(unsigned, "host", clientSecret),
      403,
      "AccessDeniedException",
      '{"Message":null}',
      `function-url: GET /a: 403: no function has the host something unreadable; this one is ${urlHost}`,
    ],
    [
      "a secret in the path",
      { ...unsigned, target: `/files/${clientSecret}/eyJh.b.c/a` },
      403,
      "AccessDeniedException",
      unsignedBody,
      `function-url: GET /files/${shortHash(clientSecret)}/${shortHash("eyJh.b.c")}/a: 403: the request is not signed`,
    ],
    [
      "a bearer token",
      { ...unsigned, headers: [...unsigned.headers, ["authorization", "Bearer x"]] },
      403,
      "IncompleteSignatureException",
      `{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'uTem/WB082UJMN2ajD6lH6UChGpTAddMJSx2iu923No='."}`,
      "its scheme is Bearer",
    ],
    [
      "a changed path",
      { ...signedFor(), target: "/b" },
      403,
      "InvalidSignatureException",
      mismatchBody,
      "GET /b: 403: the signature is wrong",
    ],
    [
      "another region",
      signedFor({ region: "us-east-1" }),
      403,
      "InvalidSignatureException",
      '{"message":"Credential should be scoped to a valid region. "}',
      "us-east-1/lambda",
    ],
    [
      "a signature of six minutes ago",
      signedFor({ datetime: "20261122T115400Z" }),
      403,
      "InvalidSignatureException",
      '{"message":"Signature expired: 20261122T115400Z is now earlier than 20261122T115500Z (20261122T120000Z - 5 min.)"}',
      "Signature expired",
    ],
    [
      "raw brackets in the query",
      signedFor({ target: "/a?b[]=1" }),
      403,
      "AccessDeniedException",
      forbiddenBody,
      "the query has a raw `[` or `]`",
    ],
    [
      "a raw slash in a query name",
      signedFor({ target: "/a?/b&c=1" }),
      400,
      "InvalidQueryStringException",
      '{"message":null}',
      "a query name has a raw `/`: send %2F",
    ],
    [
      "a role without policy",
      signedFor({ credentials: stranger }),
      403,
      "AccessDeniedException",
      forbiddenBody,
      `${stranger.arn} may not lambda:InvokeFunctionUrl (no policy is attached) nor lambda:InvokeFunction (no policy is attached) on ${functionArn}`,
    ],
    [
      "a role that may only invoke",
      signedFor({ credentials: withoutUrl }),
      403,
      "AccessDeniedException",
      forbiddenBody,
      "may not lambda:InvokeFunctionUrl (statement InvokeThroughTheUrlOnly: is about other actions;",
    ],
    [
      "a role that may only call the URL",
      signedFor({ credentials: withoutInvoke }),
      403,
      "AccessDeniedException",
      forbiddenBody,
      "may not lambda:InvokeFunction (statement CallTheFunctionUrl: is about other actions;",
    ],
  ];

  test.each(rows)("%s", async (_what, request, status, errorType, body, reason) => {
    const server = await start(result("never"));
    const answer = await server.send(request);
    expect([answer.status, answer.headers["x-amzn-errortype"], answer.body.toString()]).toEqual([
      status,
      errorType,
      body,
    ]);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.rawHeaders.filter((_text, index) => index % 2 === 0)).toEqual([
      "content-type",
      "x-amzn-ErrorType",
      "content-length",
      "x-amzn-RequestId",
      "connection",
      "Date",
    ]);
    expect(server.events).toEqual([]);
    expect(server.explained).toHaveLength(1);
    expect(server.explained[0]?.[0]).toContain(reason);
    expect(server.explained.flat().join("\n")).not.toContain("s3cret");
  });

  test("a role of another account, which a resource policy would have to admit", async () => {
    const find = (id: string) => (id === foreigner.accessKeyId ? foreigner : undefined);
    const server = await start(result("never"), { identities: { ...identities, find } });
    expect((await server.send(signedFor({ credentials: foreigner }))).body.toString()).toBe(
      forbiddenBody,
    );
    expect(server.explained[0]?.[0]).toContain("belongs to another account");
  });

  test("a policy with one statement for both actions, which names the missing key", async () => {
    const merged = identities.assumeRole("merged", "session", [
      {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Both",
            Effect: "Allow",
            Action: ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
            Resource: functionArn,
            Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
          },
        ],
      },
    ]);
    const server = await start(result("never"));
    expect((await server.send(signedFor({ credentials: merged }))).status).toBe(403);
    expect(server.explained).toEqual([
      [
        `function-url: GET /: 403: ${merged.arn} may not lambda:InvokeFunction (statement Both: condition key lambda:FunctionUrlAuthType is missing from the request) on ${functionArn}`,
        "lambda:InvokeFunction: statement Both: condition key lambda:FunctionUrlAuthType is missing from the request",
      ],
    ]);
  });

  test("a wrong signature, with the canonical request", async () => {
    const server = await start(result("never"));
    await server.send({ ...signedFor(), target: "/b" });
    expect(server.explained[0]?.slice(0, 4)).toEqual([
      expect.stringContaining("the signature is wrong"),
      "canonical request, as computed here:",
      "  GET",
      "  /b",
    ]);
    expect(server.explained.flat().join("\n")).not.toContain(edge.sessionToken.slice(0, 12));
  });

  test("two Host headers", async () => {
    const server = await start(result("never"));
    const text = await exchange(
      server.port,
      `GET / HTTP/1.1\r\nHost: ${urlHost}\r\nHost: ${urlHost}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toContain("HTTP/1.1 403 Forbidden\r\n");
    expect(text).toContain('\r\n\r\n{"Message":null}');
    expect(server.explained.flat()).toEqual([
      "function-url: GET /: 403: the request has 2 Host headers",
    ]);
  });

  test("an absolute request target", async () => {
    const server = await start(result("never"));
    const { headers } = signedFor({ target: "/a" });
    const lines = headers.map((header) => header.join(": "));
    const text = await exchange(
      server.port,
      `GET http://${urlHost}/a HTTP/1.1\r\n${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toContain("HTTP/1.1 403 Forbidden\r\n");
    expect(server.explained[0]?.[0]).toContain("does not begin with a slash");
  });
});

test("the host may come with a port, and the signature covers it", async () => {
  const server = await start(result("here"));
  const answer = await server.send(signedFor({ host: `${urlHost}:${server.port}` }));
  expect([answer.status, answer.body.toString()]).toEqual([200, "here"]);
});

describe("the limit of 10 KB of headers", () => {
  /** A signed request whose header lines have this many bytes: name, value and 4 for each. */
  const withHead = (bytes: number, name = "x-fill") => {
    const filled = (length: number) => signedFor({ headers: [[name, "f".repeat(length)]] });
    // The test's client adds a line of its own.
    const { headers } = filled(1);
    const size = [...headers, ["content-length", "0"]].reduce(
      (sum, line) => sum + line.join("").length + 4,
      0,
    );
    return filled(1 + bytes - size);
  };

  test("is not reached by 10,240 bytes", async () => {
    const server = await start(result("taken"));
    // The client of this test says how the connection goes on.
    const connection = "connection".length + "keep-alive".length + 4;
    expect((await server.send(withHead(10_240 - connection))).status).toBe(200);
    expect((await server.send(withHead(10_241 - connection))).status).toBe(413);
    expect(server.explained).toEqual([
      ["function-url: GET /: 413: the headers have 10241 bytes; a Function URL takes 10240"],
    ]);
  });

  test.each([10_000, 12_000, 16_000])(
    "is over with %i bytes of cookies and the signature, in the words of the 6 MB",
    async (bytes) => {
      const server = await start(result("never"));
      const answer = await server.send(signedFor({ headers: [["cookie", "a".repeat(bytes)]] }));
      expect([answer.status, answer.headers["x-amzn-errortype"], answer.body.toString()]).toEqual([
        413,
        "RequestEntityTooLargeException",
        tooLargeBody,
      ]);
      expect(server.events).toEqual([]);
    },
  );
});

test("more calls at once than Lambda allows are 429", async () => {
  const reason = "api runs 10 times at once";
  const server = await start({ kind: "throttled", requestId: "r", reason });
  const answer = await server.send(signedFor());
  expect([answer.status, answer.headers["x-amzn-errortype"]]).toEqual([
    429,
    "TooManyRequestsException",
  ]);
  expect(JSON.parse(answer.body.toString())).toEqual({
    Reason: "ConcurrentInvocationLimitExceeded",
    Type: "User",
    message: "Rate Exceeded.",
  });
  expect(server.explained).toEqual([[`function-url: GET /: 429: ${reason}`]]);
});

test("a raw plus in a query is taken, kept in its text, and a space in the map", async () => {
  const server = await start(result("taken"));
  const answer = await server.send(signedFor({ target: "/a?q=a+b&c+d=%2B" }));
  expect(answer.status).toBe(200);
  expect(server.events).toMatchObject([
    { rawQueryString: "q=a+b&c+d=%2B", queryStringParameters: { q: "a b", "c d": "+" } },
  ]);
});

describe("the limit of 6 MB", () => {
  test("counts the event, so that a base64 body reaches it at 4.5 MB", async () => {
    const server = await start(result("taken"));
    expect((await server.send(sized(6_280_000, "text/plain"))).status).toBe(200);
    expect((await server.send(sized(4_710_000, "image/png"))).status).toBe(200);
    const answer = await server.send(sized(4_720_000, "image/png"));
    expect([answer.status, answer.headers["x-amzn-errortype"], answer.body.toString()]).toEqual([
      413,
      "RequestEntityTooLargeException",
      tooLargeBody,
    ]);
    expect(server.explained[0]?.[0]).toMatch(
      /POST \/: 413: the event would have 629\d{4} bytes, its body as base64; Lambda takes at most 6291456$/,
    );
    expect(server.events).toHaveLength(2);
  });

  test("stops a body of more before its signature is looked at", async () => {
    const server = await start(result("never"));
    const answer = await server.send({ ...sized(0, "text/plain"), body: Buffer.alloc(6_291_457) });
    expect([answer.status, answer.body.toString()]).toEqual([413, tooLargeBody]);
    expect(server.explained.flat()).toEqual([
      "function-url: POST /: 413: the body has more than 6291456 bytes",
    ]);
  });
});

describe("a function that fails", () => {
  const failures: [what: string, invocation: Invocation, explained: string[]][] = [
    [
      "throws",
      {
        kind: "function-error",
        requestId: "r",
        errorType: "TypeError",
        errorMessage: "no",
        trace: ["at a", "at b"],
      },
      ["function-url: GET /: 502: the function threw TypeError: no", "at a", "at b"],
    ],
    [
      "is too slow",
      { kind: "timeout", requestId: "r", afterSeconds: 60 },
      ["function-url: GET /: 502: the function did not answer within 60 s"],
    ],
    [
      "ends",
      { kind: "crash", requestId: "r", reason: "exit status 3\nlast words" },
      ["function-url: GET /: 502: the function ended: exit status 3", "last words"],
    ],
    [
      "answers no JSON",
      { kind: "response", requestId: "r", payload: Buffer.from("<html>") },
      ["function-url: GET /: 502: the result is not JSON"],
    ],
  ];
  test.each(failures)(
    "because it %s gives 502 and no word of why",
    async (_what, invocation, explained) => {
      const server = await start(invocation);
      const answer = await server.send(signedFor());
      expect([answer.status, answer.body.toString()]).toEqual([502, "Internal Server Error"]);
      expect(answer.headers["x-amzn-requestid"]).toBe("r");
      expect(answer.headers["x-amzn-errortype"]).toBeUndefined();
      expect(server.explained).toEqual([explained]);
    },
  );

  test("because invoking it fails gives 500 and does not hang", async () => {
    const server = await start(() => Promise.reject(new Error("out of processes")));
    expect((await server.send(signedFor())).status).toBe(500);
    expect(server.explained.flat()).toEqual([
      "function-url: GET /: 500: the stand-in failed: Error: out of processes",
    ]);
  });
});

describe("an answer without a body", () => {
  test("to HEAD has the length and not the bytes", async () => {
    const text = await exchangeSigned(
      await start(result({ statusCode: 200, body: "hello" })),
      "HEAD",
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain("\r\ncontent-length: 5\r\n");
    expect(text.endsWith("\r\n\r\n")).toBe(true);
  });

  test.each([204, 304])(
    "with status %i has neither bytes nor length nor chunks",
    async (statusCode) => {
      const text = await exchangeSigned(await start(result({ statusCode, body: "hello" })), "GET");
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
      expect(text).not.toMatch(/content-length|transfer-encoding/i);
      expect(text.endsWith("\r\n\r\n")).toBe(true);
    },
  );
});

test("a client that leaves while it sends is not an error", async () => {
  const server = await start(result("never"));
  const socket = connect(server.port, "127.0.0.1");
  await new Promise<void>((resolve) => {
    socket.write(`POST / HTTP/1.1\r\nHost: ${urlHost}\r\nContent-Length: 100\r\n\r\nabc`, () =>
      resolve(),
    );
  });
  socket.destroy();
  expect((await server.send(signedFor())).status).toBe(200);
  expect(server.explained).toEqual([]);
});

test("a client that leaves before the answer is not an error either", async () => {
  const answers: Invocation[] = [
    result("late"),
    { kind: "timeout", requestId: "r", afterSeconds: 1 },
    {
      kind: "stream",
      requestId: "r",
      contentType: "text/plain",
      body: Readable.from([Buffer.from("late")]),
    },
  ];
  for (const answer of answers) {
    let left: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    let answered: Promise<void> = Promise.resolve();
    const server = await start(
      async () => {
        socket.destroy();
        await gone;
        return answer;
      },
      { invokeMode: "RESPONSE_STREAM" },
      (handled, request) => {
        answered = handled;
        request.socket.on("close", () => left?.());
      },
    );
    const lines = signedFor().headers.map((header) => header.join(": "));
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    await gone;
    await expect(answered).resolves.toBeUndefined();
    expect(server.explained).toHaveLength(answer.kind === "timeout" ? 1 : 0);
  }
});

test("the account of the function and the clock of the stack are what the event says", async () => {
  const server = await start(result("ok"));
  await server.send(signedFor());
  expect(server.events[0]).toMatchObject({
    requestContext: {
      accountId,
      timeEpoch: 1_795_348_800_250,
      time: "22/Nov/2026:12:00:00 +0000",
      domainName: urlHost,
    },
    headers: {
      "x-amz-date": datetime,
      "x-amz-security-token": edge.sessionToken,
      "x-forwarded-for": "127.0.0.1",
    },
  });
});

/** Everything that a server answers to these bytes, until it closes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

/** The bytes of the answer to a signed request without a body. */
function exchangeSigned({ port }: TestServer, method: string): Promise<string> {
  const lines = signedFor({ method }).headers.map((header) => header.join(": "));
  return exchange(
    port,
    `${method} / HTTP/1.1\r\n${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`,
  );
}
