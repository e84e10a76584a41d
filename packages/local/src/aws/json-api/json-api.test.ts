import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";

import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createClock } from "../clock.ts";
import { createIdentities } from "../iam/identities.ts";
import type { Identities, Identity } from "../iam/identities.ts";
import { createSsm } from "../ssm/ssm.ts";
import { createJsonApi } from "./json-api.ts";
import type { JsonService } from "./json-service.ts";
import { AwsError } from "./json-service.ts";
import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import type { LoopbackServer } from "@sst-gatehouse/testkit/loopback-server";

const region = "eu-central-1";
const json = { "content-type": "application/x-amz-json-1.1" };

/** A service whose operations fail in each way. */
const failing: JsonService = {
  targetPrefix: "Failing",
  service: "ssm",
  operations: {
    Silent: {
      unsigned: true,
      resources: () => [],
      run: () => Promise.reject(new AwsError("ParameterNotFound")),
    },
    Said: {
      unsigned: true,
      resources: () => [],
      run: () => Promise.reject(new AwsError("Odd", "said so", 418)),
    },
    Broken: {
      unsigned: true,
      resources: () => [],
      run: () => Promise.reject(new Error("secret detail")),
    },
    Repeats: {
      unsigned: true,
      resources: () => [],
      run: ({ name }) =>
        Promise.reject(new AwsError("Odd", `There is no client ${JSON.stringify(name)}.`)),
    },
    Echo: { unsigned: true, resources: () => [], run: (input) => ({ input }) },
  },
};

let server: LoopbackServer;
let explained: string[];
let identities: Identities;
let admin: Identity;
let stranger: Identity;

beforeEach(async () => {
  const clock = createClock();
  identities = createIdentities("123456789012");
  admin = identities.assumeRole("admin", "test", [
    { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  ]);
  stranger = identities.assumeRole("stranger", "test", []);
  explained = [];
  server = await startLoopbackServer();
  server.handle = createJsonApi({
    services: [createSsm({ region, accountId: "123456789012", clock }).service, failing],
    region,
    identities,
    clock,
    explain: (from, reason) => explained.push(`${from}: ${reason}`),
  }).handle;
});

afterEach(() => server.close());

const call = (target: string, body = "{}", headers: Record<string, string> = {}) =>
  fetch(server.origin, {
    method: "POST",
    body,
    headers: { ...json, "x-amz-target": target, ...headers },
  });

/** CORS headers of an answer; there must never be one. */
const corsHeaders = (response: Response) =>
  [...response.headers.keys()].filter((name) => name.includes("access-control"));

const read = (client: SSMClient) => client.send(new GetParametersCommand({ Names: ["/a"] }));
describe("the envelope", () => {
  test("carries type and message, the type in a header too, and explains once", async () => {
    const response = await call("Failing.Said");
    expect(response.status).toBe(418);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(response.headers.get("x-amzn-errortype")).toBe("Odd");
    expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).toBe('{"__type":"Odd","message":"said so"}');
    expect(explained).toEqual(["ssm: ssm:Said: Odd: said so"]);
  });

  test("leaves out a message that AWS leaves out", async () => {
    const response = await call("Failing.Silent");
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('{"__type":"ParameterNotFound"}');
  });

  test("hides what went wrong inside the stand-in", async () => {
    const response = await call("Failing.Broken");
    expect(response.status).toBe(500);
    expect(await response.text()).toBe(
      '{"__type":"InternalServerError","message":"An internal error occurred."}',
    );
    expect(explained).toEqual(["ssm: ssm:Broken: a fault in the stand-in"]);
  });

  test("takes an empty body as an empty object", async () => {
    expect(await (await call("Failing.Echo", "")).json()).toEqual({ input: {} });
  });
});

const refusals: [why: string, send: () => Promise<Response>, status: number, type: string][] = [
  ["an unknown operation", () => call("AmazonSSM.Nope"), 400, "UnknownOperationException"],
  [
    "an operation named after an object's own members",
    () => call("AmazonSSM.toString"),
    400,
    "UnknownOperationException",
  ],
  ["an unknown service", () => call("AmazonEC2.GetParameter"), 400, "UnknownOperationException"],
  [
    "no target",
    () => fetch(server.origin, { method: "POST", body: "{}", headers: json }),
    400,
    "UnknownOperationException",
  ],
  [
    "a form's content type",
    () => call("Failing.Echo", "{}", { "content-type": "text/plain" }),
    400,
    "UnknownOperationException",
  ],
  ["a body that is not JSON", () => call("Failing.Echo", "{"), 400, "SerializationException"],
  ["a body that is not an object", () => call("Failing.Echo", "[]"), 400, "SerializationException"],
  [
    "an unsigned PutParameter",
    () => call("AmazonSSM.PutParameter", '{"Name":"/a","Value":"x","Type":"String"}'),
    400,
    "MissingAuthenticationTokenException",
  ],
  [
    "an unsigned body of the wrong shape, by its missing signature",
    () => call("AmazonSSM.PutParameter", "{"),
    400,
    "MissingAuthenticationTokenException",
  ],
  [
    "a bearer token instead of a signature",
    () => call("AmazonSSM.GetParameter", "{}", { authorization: "Bearer x" }),
    400,
    "IncompleteSignatureException",
  ],
  [
    "a body over 1 MB",
    () => call("Failing.Echo", `{"a":"${"x".repeat(1024 * 1024)}"}`),
    413,
    "RequestEntityTooLargeException",
  ],
];

test.each(refusals)(
  "refuses %s, without CORS headers, and explains once",
  async (_why, send, status, type) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ __type: type });
    expect(corsHeaders(response)).toEqual([]);
    expect(explained).toHaveLength(1);
  },
);

describe("what the terminal shows of a request that finds no operation", () => {
  const clientSecret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";
  const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
  const type = "application/x-amz-json-1.1";
  test.each([
    ["AmazonSSM.Nope", type, `"AmazonSSM.Nope"`, `"${type}"`],
    ["Nope", `${type}; charset=utf-8`, `"Nope"`, `"${type}; charset=utf-8"`],
    [
      clientSecret,
      "text/plain;charset=UTF-8",
      "something unreadable",
      `"text/plain;charset=utf-8"`,
    ],
    [jwt, "text/plain; boundary=x", "something unreadable", "something unreadable"],
    ["a b", jwt, "something unreadable", "something unreadable"],
    ["A.".repeat(51), `text/${clientSecret}`, "something unreadable", "something unreadable"],
    ["a", `text/plain; charset=${clientSecret}`, `"a"`, "something unreadable"],
  ])("for %j with %j", async (target, contentType, shownTarget, shownType) => {
    await call(target, "{}", { "content-type": contentType });
    expect(explained).toEqual([
      `stack: no operation for x-amz-target ${shownTarget} with content-type ${shownType}`,
    ]);
  });

  test("without the two headers", async () => {
    await fetch(server.origin, { method: "POST" });
    expect(explained).toEqual([
      "stack: no operation for x-amz-target (missing) with content-type (missing)",
    ]);
  });

  test("never the path", async () => {
    await fetch(`${server.origin}/${jwt}`, { method: "POST" });
    await fetch(`${server.origin}/?${jwt}`, { method: "PUT" });
    expect(explained).toEqual([
      "stack: AWS API: POST of another path is not POST /",
      "stack: AWS API: PUT / is not POST /",
    ]);
  });
});

test("what an error repeats of the input is a hash in the terminal when it may be a secret", async () => {
  const secret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";
  const body = JSON.stringify({ name: secret });
  expect(await (await call("Failing.Repeats", body)).json()).toEqual({
    __type: "Odd",
    message: `There is no client "${secret}".`,
  });
  const hash = createHash("sha256").update(secret).digest("hex").slice(0, 8);
  expect(explained).toEqual([`ssm: ssm:Repeats: Odd: There is no client "sha256:${hash}".`]);
});

test("so is the resource that nobody allowed", async () => {
  const secret = "0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5";
  await expect(
    new SSMClient({ region, endpoint: server.origin, credentials: stranger, maxAttempts: 1 }).send(
      new GetParametersCommand({ Names: [`/a/${secret}`] }),
    ),
  ).rejects.toMatchObject({ name: "AccessDeniedException" });
  const hash = createHash("sha256").update(secret).digest("hex").slice(0, 8);
  expect(explained).toEqual([
    `ssm: User: ${stranger.arn} is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:${region}:123456789012:parameter/a/sha256:${hash} because no identity-based policy allows the ssm:GetParameters action`,
  ]);
});

test("stops reading a body without a length once it is over 1 MB", async () => {
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(server.origin, {
      method: "POST",
      headers: { ...json, "x-amz-target": "Failing.Echo", "transfer-encoding": "chunked" },
    });
    request.on("response", (response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    request.on("error", reject);
    for (let index = 0; index < 20; index += 1) request.write(Buffer.alloc(64 * 1024, "x"));
  });
  expect(status).toBe(413);
  expect(explained).toHaveLength(1);
});

describe("a page of another origin", () => {
  const crossOrigin = { origin: "https://evil.example" };

  test.each([
    ["OPTIONS", "/", 405],
    ["GET", "/", 405],
    ["PUT", "/", 405],
    ["GET", "/x", 404],
    ["OPTIONS", "/x", 404],
  ])("gets no CORS headers for %s %s", async (method, path, status) => {
    const preflight = {
      ...crossOrigin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-amz-target,content-type",
    };
    const response = await fetch(`${server.origin}${path}`, { method, headers: preflight });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(corsHeaders(response)).toEqual([]);
    expect(explained).toHaveLength(1);
  });

  test("gets no CORS headers with X-Amz-Target, refused or not", async () => {
    for (const target of ["Failing.Echo", "AmazonSSM.PutParameter"]) {
      expect(corsHeaders(await call(target, "{}", crossOrigin))).toEqual([]);
    }
  });
});

describe("a signature", () => {
  const clientOf = (credentials: Partial<Identity>, scope = region) =>
    new SSMClient({
      region: scope,
      endpoint: server.origin,
      credentials: { ...admin, ...credentials },
      maxAttempts: 1,
    });
  test("of the SDK is taken", async () => {
    expect(await read(clientOf({}))).toMatchObject({ InvalidParameters: ["/a"] });
    expect(explained).toEqual([]);
  });

  const wrong: [why: string, credentials: () => Partial<Identity>, scope: string, type: string][] =
    [
      [
        "another secret",
        () => ({ secretAccessKey: "another" }),
        region,
        "InvalidSignatureException",
      ],
      [
        "another session token",
        () => ({ sessionToken: "another" }),
        region,
        "UnrecognizedClientException",
      ],
      [
        "an unknown key",
        () => ({ accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }),
        region,
        "UnrecognizedClientException",
      ],
      ["another region", () => ({}), "us-east-1", "InvalidSignatureException"],
      [
        "credentials that have expired",
        () => identities.assumeRole("caller", "session", [], 0),
        region,
        "ExpiredTokenException",
      ],
    ];

  test.each(wrong)(
    "with %s is refused with 400 and explained once",
    async (_why, credentials, scope, type) => {
      await expect(read(clientOf(credentials(), scope))).rejects.toMatchObject({
        name: type,
        $metadata: { httpStatusCode: 400 },
      });
      expect(explained).toHaveLength(1);
      expect(explained[0]).not.toContain(admin.sessionToken);
    },
  );
});
