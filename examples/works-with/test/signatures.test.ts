import { request } from "node:http";
import { json } from "node:stream/consumers";

import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsClient } from "aws4fetch";
import { expect, test } from "vitest";

import { playedGate, sha256 } from "./gate";

const gate = playedGate();

interface Sent {
  readonly method: string;
  /** Percent-encoded, with the query. */
  readonly path: string;
  readonly body?: string;
}
/** The headers to send along. */
type Sign = (sent: Sent) => Promise<Record<string, string>>;

const signers: [name: string, create: () => Sign][] = [
  [
    "aws4fetch",
    () => {
      const { functionUrl, region, credentials } = gate.current.outputs;
      const client = new AwsClient({ ...credentials.service, service: "lambda", region });
      return async ({ method, path, body }) => {
        const signed = await client.sign(`${functionUrl}${path}`, {
          method,
          ...(body !== undefined && { body }),
        });
        return Object.fromEntries(signed.headers);
      };
    },
  ],
  [
    "@smithy/signature-v4",
    () => {
      const { functionUrl, region, credentials } = gate.current.outputs;
      const signer = new SignatureV4({
        credentials: credentials.service,
        service: "lambda",
        region,
        sha256: Sha256,
      });
      return async ({ method, path, body }) => {
        const { host, hostname, pathname, searchParams } = new URL(path, functionUrl);
        const query: Record<string, string[]> = {};
        for (const [name, value] of searchParams) (query[name] ??= []).push(value);
        const { headers } = await signer.sign({
          method,
          protocol: "http:",
          hostname,
          path: pathname,
          query,
          headers: { host },
          body,
        });
        return headers;
      };
    },
  ],
];

/** Sends it to this machine under the name that AWS gives the function's address. */
async function send({ method, path, body }: Sent, headers: Record<string, string>) {
  const { url, outputs } = gate.current;
  const framed = {
    ...headers,
    host: new URL(outputs.functionUrl).host,
    // Node leaves it out for a GET or a DELETE.
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
  };
  return new Promise<{ status: number | undefined; answer: unknown }>((resolve, reject) => {
    request(url, { method, path, headers: framed }, (response) => {
      const answer = json(response).catch(() => undefined);
      void answer.then((value) => resolve({ status: response.statusCode, answer: value }));
    })
      .on("error", reject)
      .end(body);
  });
}

const requests: [what: string, sent: Sent, query: Record<string, string>][] = [
  [
    "spaces, other alphabets and equal names",
    { method: "GET", path: "/echo/a%20b/%C3%BC?z=1&a=%C3%BC&a=&plus=a%2Bb&%F0%9F%98%80=1" },
    { z: "1", a: "ü", plus: "a+b", "😀": "1" },
  ],
  [
    "marks that each library encodes in its own way",
    { method: "GET", path: "/echo/a~b*c!(d)'" },
    {},
  ],
  ["a slash that is a name's", { method: "GET", path: "/echo/a%2Fb" }, {}],
  ["a body", { method: "POST", path: "/echo/a", body: '{"a":"ü"}' }, {}],
  ["a DELETE with a body", { method: "DELETE", path: "/echo/a", body: "why" }, {}],
  ["an empty POST", { method: "POST", path: "/echo/a" }, {}],
];
const cases = signers.flatMap(([name, create]) =>
  requests.map(([what, sent, query]) => [name, what, create, sent, query] as const),
);

test.each(cases)("the signature of %s over %s is taken, and for nothing else", async (...of) => {
  const [, , create, sent, query] = of;
  const headers = await create()(sent);
  const body = Buffer.from(sent.body ?? "");
  expect(await send(sent, headers)).toEqual({
    status: 200,
    answer: expect.objectContaining({
      who: "service",
      method: sent.method,
      query,
      bytes: body.length,
      sha256: sha256(body),
    }),
  });
  const others = [
    { ...sent, path: `${sent.path}x` },
    { ...sent, method: "PUT" },
    { ...sent, body: `${sent.body ?? ""} ` },
  ];
  for (const other of others) expect((await send(other, headers)).status).toBe(403);
});
