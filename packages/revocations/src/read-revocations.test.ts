import { EventEmitter } from "node:events";
import https from "node:https";
import { Readable } from "node:stream";

import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { readRevocations } from "./read-revocations.ts";

const region = "eu-central-1";
const name = "/gatehouse/app/test/revoked";
const text = '{"everybody":0,"users":{}}';
const found = { Parameters: [{ Name: name, Value: text, Version: 1 }], InvalidParameters: [] };

let asked: { options: object; body: string }[];
/** What the next call meets: an answer, a fault, or nothing at all. */
let answer: { status: number; body: string | Buffer[] } | Error | "silence";

beforeEach(() => {
  asked = [];
  answer = { status: 200, body: JSON.stringify(found) };
});

const { request: realRequest } = https;
beforeAll(() => Object.assign(https, { request: playRequest }));
afterAll(() => Object.assign(https, { request: realRequest }));

function playRequest(options: object, onResponse: (response: object) => void): object {
  const request = Object.assign(new EventEmitter(), {
    destroy(error: Error) {
      request.emit("error", error);
      request.emit("close");
    },
    end(body: Buffer) {
      asked.push({ options, body: body.toString() });
      const met = answer;
      if (met === "silence") return;
      if (met instanceof Error) {
        request.destroy(met);
        return;
      }
      const chunks = typeof met.body === "string" ? [Buffer.from(met.body)] : met.body;
      onResponse(Object.assign(Readable.from(chunks), { statusCode: met.status }));
      request.emit("close");
    },
  });
  return request;
}

const sign = async (request: HttpRequest): Promise<HttpRequest> => ({
  ...request,
  headers: { ...request.headers, authorization: ["signed"] },
});
const read = () => readRevocations({ region, name, sign });

const names = [name, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `${name}/${at}`)];
const nine = Array.from({ length: 9 }, () => undefined);

test("asks for all the list's parameters by name, signed, on a connection of its own", async () => {
  expect(await read()).toEqual([text, ...nine]);
  expect(asked).toEqual([
    {
      options: {
        host: "ssm.eu-central-1.amazonaws.com",
        method: "POST",
        path: "/",
        agent: false,
        headers: {
          host: "ssm.eu-central-1.amazonaws.com",
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "AmazonSSM.GetParameters",
          authorization: "signed",
          "user-agent": "gatehouse",
        },
      },
      body: JSON.stringify({ Names: names }),
    },
  ]);
});

test("gives the parameters in the order of their names, whatever the order of the answer", async () => {
  const Parameters = ["/9", "", "/1", "2"].map((more) => ({ Name: `${name}${more}`, Value: more }));
  answer = { status: 200, body: JSON.stringify({ Parameters }) };
  expect(await read()).toEqual(["", "/1", ...nine.slice(2), "/9"]);
});

test.each([
  ["the parameter is missing", { Parameters: [], InvalidParameters: [name] }],
  ["another parameter comes", { Parameters: [{ Name: `${name}2`, Value: text }] }],
  ["it has no value", { Parameters: [{ Name: name }] }],
  ["its value is no text", { Parameters: [{ Name: name, Value: {} }] }],
])("has no first parameter, and so no list, when %s", async (_why, body) => {
  answer = { status: 200, body: JSON.stringify(body) };
  expect(await read()).toEqual([undefined, ...nine]);
});

test.each([
  ["there are no parameters", {}],
  ["the answer is null", null],
])("fails when %s", async (_why, body) => {
  answer = { status: 200, body: JSON.stringify(body) };
  await expect(read()).rejects.toThrow("the answer has no parameters");
});

test.each([
  [400, '{"__type":"ThrottlingException","message":"Rate exceeded"}', "ThrottlingException"],
  [400, '{"__type":"com.amazon.coral#AccessDeniedException"}', "AccessDeniedException"],
  [500, "<html>", "Error"],
  [302, "", "Error"],
  [201, JSON.stringify(found), "Error"],
])("fails on status %d, with the name that AWS gives it", async (status, body, named) => {
  answer = { status, body };
  await expect(read()).rejects.toMatchObject({
    name: named,
    message: `Parameter Store answered with status ${status}`,
  });
});

test("fails when the answer is no JSON", async () => {
  answer = { status: 200, body: "{" };
  await expect(read()).rejects.toThrow(SyntaxError);
});

test("fails when the answer is longer than ten parameters", async () => {
  const chunk = Buffer.alloc(1024, " ");
  answer = { status: 200, body: Array.from({ length: 257 }, () => chunk) };
  await expect(read()).rejects.toThrow("the answer is too large");
});

test("fails when the connection does", async () => {
  answer = new Error("ECONNRESET");
  await expect(read()).rejects.toThrow("ECONNRESET");
});

test("fails after three seconds without an answer", async () => {
  vi.useFakeTimers();
  answer = "silence";
  const [outcome] = await Promise.all([
    read().catch((error: unknown) => error),
    vi.advanceTimersByTimeAsync(3000),
  ]);
  expect(outcome).toMatchObject({ message: "Parameter Store did not answer in time" });
  vi.useRealTimers();
});
