import { randomBytes } from "node:crypto";

import { expect, onTestFinished, test, vi } from "vitest";

import { createFetch } from "./create-fetch.ts";
import { sha256, startApp, type Received } from "../test/client.ts";

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
const megabyte = new Uint8Array(randomBytes(1_000_000));
const larger = new Uint8Array(randomBytes(1_000_001));

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function sendBody(init: RequestInit): Promise<Received> {
  const { origin, received } = await startApp();
  await createFetch({ origin })(`${origin}/files`, { method: "POST", ...init });
  const [first, ...others] = received;
  if (first === undefined || others.length > 0) throw new TypeError("not one request");
  return first;
}

const text = "text/plain;charset=UTF-8";
const bodies: [
  what: string,
  body: () => BodyInit,
  bytes: Uint8Array,
  contentType: string | undefined,
][] = [
  ["a string", () => "grüße", Buffer.from("grüße"), text],
  ["an empty string", () => "", Buffer.alloc(0), text],
  [
    "URLSearchParams",
    () => new URLSearchParams([["a b", "c&d"]]),
    Buffer.from("a+b=c%26d"),
    "application/x-www-form-urlencoded;charset=UTF-8",
  ],
  ["a Blob", () => new Blob([everyByte], { type: "image/png" }), everyByte, "image/png"],
  ["a Blob without a type", () => new Blob([everyByte]), everyByte, undefined],
  ["a File", () => new File([everyByte], "a.bin", { type: "x/y" }), everyByte, "x/y"],
  ["an ArrayBuffer", () => everyByte.buffer, everyByte, undefined],
  [
    "a view of part of a buffer",
    () => everyByte.subarray(9, 99),
    everyByte.slice(9, 99),
    undefined,
  ],
  ["a DataView", () => new DataView(everyByte.buffer, 1, 3), everyByte.slice(1, 4), undefined],
  [
    "a stream",
    () => streamOf(everyByte, everyByte),
    Buffer.concat([everyByte, everyByte]),
    undefined,
  ],
  ["an empty stream", () => streamOf(), Buffer.alloc(0), undefined],
  ["1,000,000 bytes", () => megabyte, megabyte, undefined],
];

test.each(bodies)(
  "sends %s as fetch does, without a hash",
  async (_what, body, bytes, contentType) => {
    const { headers, body: received } = await sendBody({ body: body() });
    expect(received.equals(bytes)).toBe(true);
    expect(headers["content-type"]).toBe(contentType);
    expect(headers["content-length"]).toBe(String(bytes.length));
    expect(headers["x-amz-content-sha256"]).toBe(undefined);
  },
);

const largeBodies: [what: string, body: () => BodyInit, contentType: string | undefined][] = [
  ["a view", () => larger, undefined],
  ["an ArrayBuffer", () => larger.buffer, undefined],
  ["a Blob", () => new Blob([larger], { type: "video/mp4" }), "video/mp4"],
  ["a stream", () => streamOf(larger.subarray(0, 5), larger.subarray(5)), undefined],
];

test.each(largeBodies)(
  "declares the hash of %s over 1,000,000 bytes",
  async (_what, body, contentType) => {
    const { headers, body: received } = await sendBody({ body: body() });
    expect(received.equals(larger)).toBe(true);
    expect(headers["x-amz-content-sha256"]).toBe(sha256(larger));
    expect(headers["content-type"]).toBe(contentType);
  },
);

test("counts the bytes of a string, not its letters", async () => {
  const { headers } = await sendBody({ body: "ü".repeat(500_001) });
  expect(headers["x-amz-content-sha256"]).toBe(sha256("ü".repeat(500_001)));
});

test.each([
  ["small", 3, false],
  ["large", 1_000_001, true],
])("encodes a %s form once: boundary, bytes and hash agree", async (_what, size, hashed) => {
  const form = new FormData();
  form.append("name", "grüße");
  form.append("file", new Blob([larger.subarray(0, size)]), "a.bin");
  const { headers, body } = await sendBody({ body: form });
  expect(headers["x-amz-content-sha256"]).toBe(hashed ? sha256(body) : undefined);
  const contentType = headers["content-type"] ?? "";
  expect(contentType).toMatch(/^multipart\/form-data; boundary=/);
  const parsed = await new Response(new Uint8Array(body), {
    headers: { "content-type": contentType },
  }).formData();
  expect(parsed.get("name")).toBe("grüße");
  const file = parsed.get("file");
  if (!(file instanceof File)) throw new TypeError("no file");
  expect({ name: file.name, hash: sha256(await file.bytes()) }).toEqual({
    name: "a.bin",
    hash: sha256(larger.subarray(0, size)),
  });
});

test.each(["DELETE", "OPTIONS"])("declares the hash of every body of %s", async (method) => {
  const { headers, body } = await sendBody({ method, body: '{"id":1}' });
  expect(body.toString()).toBe('{"id":1}');
  expect(headers["x-amz-content-sha256"]).toBe(sha256('{"id":1}'));
});

test.each(["", undefined])("declares none for a DELETE with the body %j", async (body) => {
  const { headers } = await sendBody({ method: "DELETE", ...(body === undefined ? {} : { body }) });
  expect(headers["x-amz-content-sha256"]).toBe(undefined);
});

test("declares no hash over 6 MB, which the guard refuses by the length", async () => {
  const most = Buffer.alloc(6 * 1024 * 1024);
  expect((await sendBody({ body: most })).headers["x-amz-content-sha256"]).toBe(sha256(most));
  const { headers } = await sendBody({ body: Buffer.alloc(6 * 1024 * 1024 + 1) });
  expect(headers["x-amz-content-sha256"]).toBe(undefined);
  expect(headers["content-length"]).toBe("6291457");
});

test("leaves a hash and a content type of the caller's as they are", async () => {
  const own = { "x-amz-content-sha256": "0".repeat(64), "content-type": "a/b" };
  const { headers } = await sendBody({ body: larger, headers: own });
  expect(headers).toMatchObject(own);
});

test("takes a Request, with a body of its own or another", async () => {
  const { origin, received } = await startApp();
  const fetch = createFetch({ origin });
  const headers = { "x-own": "1", "content-type": "a/b" };
  const request = new Request(`${origin}/echo`, { method: "DELETE", body: "own", headers });
  await fetch(request.clone(), { method: "PUT", headers: { "x-own": "2" }, body: "other" });
  await fetch(request);
  expect(request.bodyUsed).toBe(true);
  expect(received.map(({ method, body }) => [method, body.toString()])).toEqual([
    ["PUT", "other"],
    ["DELETE", "own"],
  ]);
  const headersOf = (name: string) => received.map((one) => one.headers[name]);
  expect(headersOf("x-own")).toEqual(["2", "1"]);
  expect(headersOf("x-amz-content-sha256")).toEqual([undefined, sha256("own")]);
});

test("refuses a body of GET as fetch does", async () => {
  const { origin, received } = await startApp();
  await expect(createFetch({ origin })(origin, { body: "x" })).rejects.toBeInstanceOf(TypeError);
  expect(received).toEqual([]);
});

test("stops reading a stream when the call is aborted, and cancels it", async () => {
  const { origin, received } = await startApp();
  const controller = new AbortController();
  let cancelled: unknown;
  const body = new ReadableStream({
    pull: () => controller.abort(new Error("enough")),
    cancel: (reason) => void (cancelled = reason),
  });
  const call = createFetch({ origin })(origin, {
    method: "POST",
    body,
    signal: controller.signal,
  });
  await expect(call).rejects.toThrow("enough");
  expect(cancelled).toEqual(new Error("enough"));
  expect(received).toEqual([]);
});

test("does not wait for the hash when the call is aborted", async () => {
  const { origin, received } = await startApp();
  const controller = new AbortController();
  const digest = vi.spyOn(crypto.subtle, "digest").mockReturnValue(new Promise(() => {}));
  onTestFinished(() => digest.mockRestore());
  const body = new Blob([larger]);
  const call = createFetch({ origin })(origin, { method: "POST", body, signal: controller.signal });
  await expect.poll(() => digest.mock.calls.length).toBe(1);
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: "AbortError" });
  expect(received).toEqual([]);
});

test("says what is missing where there is no Web Crypto", async () => {
  const { origin, received } = await startApp();
  vi.stubGlobal("crypto", {});
  onTestFinished(() => void vi.unstubAllGlobals());
  const call = createFetch({ origin })(origin, { method: "POST", body: larger });
  await expect(call).rejects.toThrow("Web Crypto needs https or localhost");
  expect(received).toEqual([]);
});
