import { createServer } from "node:http";

import { afterAll, beforeAll, expect, test } from "vitest";

import { startFixture, type Fixture } from "../../../../test/lambda/start-fixture.ts";
import { openOnLoopback, type LoopbackServer } from "../loopback-server.ts";
import { startTlsFront, type TlsFront } from "../tls-front.ts";

const ssm = "ssm.us-east-1.amazonaws.com";
const api = "abc.lambda-url.eu-west-1.on.aws";

let front: TlsFront;
let stranger: TlsFront;
let started: Fixture;
let unrelatedRequests = 0;
const unrelated = createServer((_request, response) => {
  unrelatedRequests += 1;
  response.end();
});
let unrelatedServer: LoopbackServer;

beforeAll(async () => {
  front = await startTlsFront({
    hosts: [ssm, "*.lambda-url.eu-west-1.on.aws"],
    listener: (request, response) => {
      const servername = "servername" in request.socket ? request.socket.servername : undefined;
      response.end(JSON.stringify({ servername, host: request.headers.host, url: request.url }));
    },
  });
  stranger = await startTlsFront({
    hosts: ["untrusted.example.com"],
    listener: (_request, response) => response.end(),
  });
  unrelatedServer = await openOnLoopback(unrelated);
  const hosts = {
    [ssm]: front.port,
    "*.lambda-url.eu-west-1.on.aws": front.port,
    "uncertified.example.com": front.port,
    "untrusted.example.com": stranger.port,
  };
  started = await startFixture({
    network: { hosts, caPem: front.caPem },
  });
});

afterAll(async () => {
  await started.close();
  await Promise.all([front.close(), stranger.close(), unrelatedServer.close()]);
});

test.each(["fetch", "get"])(
  "takes TLS to a host of the stack, under its real name (%s)",
  async (action) => {
    for (const host of [ssm, api]) {
      const answer = await started.call({ action, url: `https://${host}/a?b=c` });
      expect(JSON.parse(String(answer))).toEqual({ servername: host, host, url: "/a?b=c" });
    }
  },
);

test("takes tls.connect without a server name, in any case", async () => {
  expect(
    await started.call({ action: "tlsConnect", target: { host: ssm.toUpperCase(), port: 443 } }),
  ).toBe("connected");
});

const unverified: [why: string, url: string, code: string][] = [
  ["another CA's certificate", "https://untrusted.example.com/", "CERT_SIGNATURE_FAILURE"],
  [
    "a certificate for other names",
    "https://uncertified.example.com/",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
];
test.each(unverified)("refuses %s", async (_why, url, code) => {
  expect(await started.call({ action: "fetch", url, catch: true })).toMatchObject({ code });
  expect(await started.call({ action: "get", url, catch: true })).toMatchObject({ code });
});

const refused: [what: string, event: () => object, code: string, named: () => string][] = [
  [
    "fetch to another host",
    () => ({ action: "fetch", url: "https://example.com/" }),
    "ENOTFOUND",
    () => "example.com:443",
  ],
  [
    "https to another host",
    () => ({ action: "get", url: "https://example.org/" }),
    "ENOTFOUND",
    () => "example.org:443",
  ],
  [
    "http to another host",
    () => ({ action: "get", url: "http://example.net/" }),
    "ENOTFOUND",
    () => "example.net:80",
  ],
  [
    "fetch by http",
    () => ({ action: "fetch", url: "http://a.example.net/" }),
    "ENOTFOUND",
    () => "a.example.net:80",
  ],
  [
    "http/2 to another host",
    () => ({ action: "http2", url: "https://b.example.net/" }),
    "ENOTFOUND",
    () => "b.example.net:443",
  ],
  [
    "http to a host of the stack",
    () => ({ action: "get", url: `http://${ssm}/` }),
    "ENOTFOUND",
    () => `${ssm}:80`,
  ],
  [
    "another port of a host of the stack",
    () => ({ action: "get", url: `https://${ssm}:8443/` }),
    "ENOTFOUND",
    () => `${ssm}:8443`,
  ],
  [
    "two labels under a wildcard",
    () => ({ action: "get", url: `https://a.${api}/` }),
    "ENOTFOUND",
    () => `a.${api}:443`,
  ],
  [
    "the suffix alone",
    () => ({ action: "get", url: "https://lambda-url.eu-west-1.on.aws/" }),
    "ENOTFOUND",
    () => "lambda-url.eu-west-1.on.aws:443",
  ],
  [
    "an address",
    () => ({ action: "connect", target: { host: "198.51.100.1", port: 80 } }),
    "ENETUNREACH",
    () => "198.51.100.1:80",
  ],
  [
    "an IPv6 address",
    () => ({ action: "get", url: "http://[2001:db8::1]/" }),
    "ENETUNREACH",
    () => "2001:db8::1:80",
  ],
  [
    "other services of this machine",
    () => ({ action: "fetch", url: `http://127.0.0.1:${unrelatedServer.port}/` }),
    "ENETUNREACH",
    () => `127.0.0.1:${unrelatedServer.port}`,
  ],
  [
    "localhost",
    () => ({ action: "get", url: `http://localhost:${unrelatedServer.port}/` }),
    "ENOTFOUND",
    () => `localhost:${unrelatedServer.port}`,
  ],
  [
    "TLS to an address of this machine",
    () => ({ action: "get", url: `https://127.0.0.1:${unrelatedServer.port}/` }),
    "ENETUNREACH",
    () => `127.0.0.1:${unrelatedServer.port}`,
  ],
  [
    "plain connections to the TLS front",
    () => ({ action: "connect", target: { host: "127.0.0.1", port: front.port } }),
    "ENETUNREACH",
    () => `127.0.0.1:${front.port}`,
  ],
  [
    "a local socket",
    () => ({ action: "connect", target: { path: "/run/some.sock" } }),
    "ENOENT",
    () => "/run/some.sock",
  ],
  [
    "name look-ups",
    () => ({ action: "lookup", host: "c.example.net" }),
    "ENOTFOUND",
    () => "c.example.net",
  ],
  [
    "name server queries",
    () => ({ action: "resolve", host: "d.example.net" }),
    "ENOTFOUND",
    () => "d.example.net",
  ],
  ["datagrams", () => ({ action: "datagram" }), "ENETUNREACH", () => "a UDP address"],
];
test.each(refused)("refuses %s, and says so", async (_what, event, code, named) => {
  const linesBefore = started.lines.length;
  expect(await started.call({ ...event(), catch: true })).toMatchObject({ code });
  await expect
    .poll(() => started.lines.slice(linesBefore))
    .toContain(
      `refused: the function tried to reach ${named()}, and the local stack has nothing there`,
    );
  expect(unrelatedRequests).toBe(0);
});

test.each([
  "dynamodb.eu-west-1.amazonaws.com",
  "covers.s3.eu-west-1.amazonaws.com",
  "sqs.eu-west-1.api.aws",
])("says that %s is an AWS API that nobody plays", async (host) => {
  const before = started.lines.length;
  const url = `https://${host}/`;
  expect(await started.call({ action: "get", url, catch: true })).toMatchObject({
    code: "ENOTFOUND",
  });
  await expect
    .poll(() => started.lines.slice(before))
    .toContain(
      `refused: the function tried to reach ${host}:443, and the local stack does not play that AWS API: a function can call Cognito and Parameter Store here`,
    );
});
