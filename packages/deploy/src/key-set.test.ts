import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { fetchKeySet } from "./key-set.ts";

const n = "n".repeat(342);
const key = (kid: string) => ({ kid, kty: "RSA", alg: "RS256", use: "sig", n, e: "AQAB" });

let server: Server;
let endpoint: string;
let asked: (string | undefined)[];
let answers: { status?: number; headers?: Record<string, string>; body: string }[];

beforeEach(async () => {
  asked = [];
  answers = [];
  server = createServer((request, response) => {
    asked.push(request.url);
    const { status = 200, headers = {}, body } = answers.shift() ?? { status: 404, body: "" };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has a port
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const waits: number[] = [];
const fetchKeys = (more: Readonly<Record<string, string>> = {}) => {
  waits.length = 0;
  const environment = { AWS_ACCESS_KEY_ID: "evaluation", AWS_ENDPOINT_URL: endpoint, ...more };
  const source = { region: "eu-central-1", userPoolId: "eu-central-1_a", environment };
  return fetchKeySet(source, (seconds) => {
    waits.push(seconds);
    return Promise.resolve();
  });
};

test("asks for the pool's keys and gives them sorted, without what a key does not need", async () => {
  answers.push({ body: JSON.stringify({ keys: [{ ...key("b"), x5c: ["…"] }, key("a")] }) });
  expect(await fetchKeys()).toEqual([key("a"), key("b")]);
  expect(asked).toEqual(["/eu-central-1_a/.well-known/jwks.json"]);
});

test("gives the same bytes for the same keys in another order", async () => {
  answers.push({ body: JSON.stringify({ keys: [key("b"), key("a")] }) });
  answers.push({ body: JSON.stringify({ keys: [key("a"), key("b")] }) });
  expect(JSON.stringify(await fetchKeys())).toBe(JSON.stringify(await fetchKeys()));
});

test("waits for a pool that was made a moment ago", async () => {
  answers.push({ status: 404, body: "" }, { body: JSON.stringify({ keys: [key("a")] }) });
  expect(await fetchKeys()).toEqual([key("a")]);
  expect(waits).toEqual([2]);
});

describe("gives up, naming the address, when the answer stays", () => {
  test.each<[what: string, answer: (typeof answers)[number], why: string]>([
    ["an error", { status: 503, body: "" }, "status 503"],
    ["empty", { body: '{"keys":[]}' }, "the key set is not one that Cognito publishes"],
    ["no list", { body: '{"keys":{}}' }, "the key set is not one that Cognito publishes"],
    [
      "a key that anybody could sign with",
      { body: JSON.stringify({ keys: [{ ...key("a"), e: "AQ" }] }) },
      "the key set is not one that Cognito publishes",
    ],
    ["too long", { body: " ".repeat(20_001) }, "it has 20001 characters, which is too many"],
    ["a redirect", { status: 302, headers: { location: "/other" }, body: "" }, "fetch failed"],
  ])("%s", async (_what, answer, why) => {
    answers.push(...Array.from({ length: 6 }, () => answer));
    await expect(fetchKeys()).rejects.toThrow(
      `The user pool's key set could not be fetched from ${endpoint}/eu-central-1_a/.well-known/jwks.json: ${why}. The guard is not deployed without it; deploy again.`,
    );
    expect(asked).toHaveLength(6);
    expect(waits).toEqual([2, 2, 2, 2, 2]);
  });
});

describe("behind a company's proxy, says what Node has to be told", () => {
  const advice = (name: string) =>
    `fetch failed (ECONNREFUSED). The guard is not deployed without it; ${name} is set, and Node goes by it only with NODE_USE_ENV_PROXY=1: set that as well, and NODE_EXTRA_CA_CERTS=<file> where the proxy has a certificate of the company's. Then deploy again.`;

  beforeEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each(["HTTPS_PROXY", "https_proxy"])("named by %s", async (name) => {
    await expect(fetchKeys({ [name]: "http://proxy.example:3128" })).rejects.toThrow(advice(name));
  });

  test.each([
    ["none is named", {}],
    ["Node was told", { HTTPS_PROXY: "http://proxy.example:3128", NODE_USE_ENV_PROXY: "1" }],
  ])("but not where %s", async (_when, environment) => {
    await expect(fetchKeys(environment)).rejects.toThrow(
      "fetch failed (ECONNREFUSED). The guard is not deployed without it; deploy again.",
    );
  });

  test.each(["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"])(
    "whose certificate Node does not know: %s",
    async (code) => {
      const cause = Object.assign(new Error("self-signed certificate"), { code });
      vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("fetch failed", { cause }));
      onTestFinished(() => void vi.restoreAllMocks());
      await expect(fetchKeys()).rejects.toThrow(
        `fetch failed (${code}). The guard is not deployed without it; the certificate is not one that Node knows: if it is the company's, name its file in NODE_EXTRA_CA_CERTS. Then deploy again.`,
      );
    },
  );
});

describe("takes nobody's keys but AWS's", () => {
  const evaluation = { AWS_ACCESS_KEY_ID: "evaluation" };
  test.each<[what: string, environment: Record<string, string>, variable: string]>([
    [
      "with real credentials",
      { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
      "AWS_ENDPOINT_URL",
    ],
    ["without credentials", { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }, "AWS_ENDPOINT_URL"],
    [
      "from elsewhere",
      { ...evaluation, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "https://keys.evil.example" },
      "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
    ],
    [
      "from a name that only looks like this machine",
      { ...evaluation, AWS_ENDPOINT_URL: "http://127.0.0.1:1@evil.example" },
      "AWS_ENDPOINT_URL",
    ],
  ])("%s", async (_what, environment, variable) => {
    await expect(
      fetchKeySet({ region: "eu-central-1", userPoolId: "eu-central-1_a", environment }),
    ).rejects.toThrow(`${variable} is set, but the guard's keys must come from AWS itself`);
  });
});
