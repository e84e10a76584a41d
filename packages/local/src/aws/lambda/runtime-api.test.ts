import http from "node:http";

import { afterEach, expect, test } from "vitest";

import {
  startRuntimeApi,
  type RuntimeApi,
  type RuntimeApiListener,
  type Work,
} from "./runtime-api.ts";

const work: Work = {
  requestId: "11111111-2222-4333-8444-555555555555",
  eventJson: '{"path":"/ä"}',
  functionArn: "arn:aws:lambda:us-east-1:123456789012:function:guard:3",
  traceId: "Root=1-2-3;Sampled=0",
  deadlineMs: 1_700_000_010_000,
  clockOffsetMs: 86_400_000,
};

let api: RuntimeApi;
afterEach(() => api.close());

/** Starts the API of an environment that is handed `work` whenever it asks, and writes down what it reports. */
async function start(): Promise<unknown[]> {
  const reports: unknown[] = [];
  const listener: RuntimeApiListener = {
    ready: (deliver) => deliver(work),
    initFailed: (error) => reports.push({ initFailed: error }),
    responded: (payload) => reports.push({ responded: payload.toString("latin1") }),
    failed: (error) => reports.push({ failed: error }),
    streaming: (contentType) => reports.push({ streaming: contentType }),
    streamed: () => reports.push("streamed"),
    whyLost: async () => new Error("lost"),
  };
  api = await startRuntimeApi(listener);
  return reports;
}

async function send(
  method: string,
  path: string,
  body: string | Buffer = "",
  headers: http.OutgoingHttpHeaders = {},
) {
  const options = { host: api.host, port: api.port, method, path, headers, agent: false };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.request(options, resolve).on("error", reject).end(body);
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    body: (await response.toArray()).join(""),
  };
}

const prefix = "/2018-06-01/runtime";

test("hands out an invocation with the headers of AWS, and the clock", async () => {
  await start();
  const { status, headers, body } = await send("GET", `${prefix}/invocation/next`);
  expect(status).toBe(200);
  expect(body).toBe('{"path":"/ä"}');
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "lambda-runtime-aws-request-id": work.requestId,
    "lambda-runtime-deadline-ms": "1700000010000",
    "lambda-runtime-invoked-function-arn": work.functionArn,
    "lambda-runtime-trace-id": work.traceId,
    "gatehouse-clock-offset-ms": "86400000",
  });
});

test("takes bytes that are not JSON as they are", async () => {
  const reports = await start();
  await send("GET", `${prefix}/invocation/next`);
  const { status } = await send(
    "POST",
    `${prefix}/invocation/${work.requestId}/response`,
    Buffer.from([0xff, 0, 0x7b]),
  );
  expect(status).toBe(202);
  expect(reports).toEqual([{ responded: "\xff\0{" }]);
});

test("takes one answer only, and only for the invocation under way", async () => {
  const reports = await start();
  const answer = `${prefix}/invocation/${work.requestId}/response`;
  expect((await send("POST", answer, "early")).status).toBe(400);
  await send("GET", `${prefix}/invocation/next`);
  expect(
    (
      await send(
        "POST",
        `${prefix}/invocation/${work.requestId.replace("1", "2")}/response`,
        "other",
      )
    ).status,
  ).toBe(400);
  expect((await send("POST", answer, "1")).status).toBe(202);
  expect((await send("POST", answer, "2")).status).toBe(400);
  expect((await send("POST", answer.replace("response", "error"), "{}")).status).toBe(400);
  expect(reports).toEqual([{ responded: "1" }]);
});

const errors: [what: string, body: string, expected: object][] = [
  [
    "whole",
    '{"errorType":"A","errorMessage":"b","trace":["c"]}',
    { errorType: "A", errorMessage: "b", trace: ["c"] },
  ],
  [
    "without a type",
    '{"errorMessage":"b"}',
    { errorType: "FromHeader", errorMessage: "b", trace: [] },
  ],
  ["that is not JSON", "oops", { errorType: "FromHeader", errorMessage: "", trace: [] }],
  ["of another shape", "[1]", { errorType: "FromHeader", errorMessage: "", trace: [] }],
];
test.each(errors)("takes an error %s", async (_what, body, expected) => {
  const reports = await start();
  const headers = { "lambda-runtime-function-error-type": "FromHeader" };
  await send("POST", `${prefix}/init/error`, body, headers);
  await send("GET", `${prefix}/invocation/next`);
  await send("POST", `${prefix}/invocation/${work.requestId}/error`, body, headers);
  expect(reports).toEqual([{ initFailed: expected }, { failed: expected }]);
});

const strangers: [who: string, headers: http.OutgoingHttpHeaders, path: string, status: number][] =
  [
    ["a page in a browser", { "sec-fetch-site": "cross-site" }, "/invocation/next", 421],
    ["another host name", { host: "evil.example" }, "/invocation/next", 421],
    ["an unknown operation", {}, "/invocation/previous", 404],
    ["an answer in the wrong place", {}, `/init/${work.requestId}/response`, 404],
  ];
test.each(strangers)("refuses %s", async (_who, headers, path, status) => {
  const reports = await start();
  await send("GET", `${prefix}/invocation/next`);
  for (const method of ["GET", "POST"]) {
    expect((await send(method, prefix + path, "", headers)).status).toBe(status);
  }
  expect(reports).toEqual([]);
});
