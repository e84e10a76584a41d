import { makeCertificate } from "@sst-gatehouse/testkit/certificate";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import https from "node:https";
import { join } from "node:path";
import tls from "node:tls";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { fetchJson } from "./fetch-key-set.ts";

const { certPem, keyPem } = makeCertificate();
const trustedBefore = tls.getCACertificates("default");

let listener: RequestListener;
let asked: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[];
const server = https.createServer({ cert: certPem, key: keyPem }, (request, response) => {
  const { method, url, headers } = request;
  asked.push({ method, url, headers });
  listener(request, response);
});
let host: string;

beforeAll(async () => {
  tls.setDefaultCACertificates([...trustedBefore, certPem]);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  host = `127.0.0.1:${address.port}`;
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  tls.setDefaultCACertificates(trustedBefore);
  server.closeAllConnections();
  server.close();
});

const path = "/eu-central-1_AbCdEf123/.well-known/jwks.json";

test("gets the document, and says who asks", async () => {
  listener = (_request, response) => response.end('{"keys":[]}');
  expect(await fetchJson(`https://${host}${path}`)).toEqual({ keys: [] });
  expect(asked).toEqual([
    {
      method: "GET",
      url: path,
      headers: expect.objectContaining({
        host,
        accept: "application/json",
        "user-agent": "gatehouse",
      }),
    },
  ]);
});

test.each([301, 403, 404, 500])("fails on status %d and follows nothing", async (status) => {
  listener = (_request, response) =>
    response.writeHead(status, { location: "/elsewhere" }).end('{"keys":[]}');
  await expect(fetchJson(`https://${host}${path}`)).rejects.toThrow(
    `the key set was answered with status ${status}`,
  );
  expect(asked.map(({ url }) => url)).toEqual([path]);
});

test("only bounded-https opens connections of its own, so that every call says who asks", () => {
  const packages = join(import.meta.dirname, "../../..");
  const files = ["edge/src", "revocations/src"].flatMap((source) =>
    readdirSync(join(packages, source), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => join(source, file)),
  );
  expect(files.length).toBeGreaterThan(30);
  const opening = files.filter((file) =>
    /import (?!type)[^;]*"(?:node:)?(?:https?|http2|net|tls|undici)"|\bfetch\(["`\w]/.test(
      readFileSync(join(packages, file), "utf8"),
    ),
  );
  expect(opening).toEqual([join("revocations/src", "bounded-https.ts")]);
});
