import type { LookupAddress } from "node:dns";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";

import { makeCertificate } from "@sst-gatehouse/testkit/certificate";
import { type LoopbackServer, startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { createFetchDocument, type FetchDocument } from "./fetch-document.ts";

const url = "https://client.example/client.json";
const codeOf = (fetching: ReturnType<FetchDocument>) =>
  fetching.then(
    ({ text }) => text,
    (error: unknown) => Object(error).code,
  );

describe("what a server of this machine sends", () => {
  let server: LoopbackServer;
  let ask: (timeoutMs?: number) => ReturnType<FetchDocument>;
  beforeAll(async () => {
    server = await startLoopbackServer();
    ask = (timeoutMs) =>
      createFetchDocument({
        onThisMachine: { [url]: `${server.origin}/client.json` },
        ...(timeoutMs !== undefined && { timeoutMs }),
      })(url);
  });
  afterAll(() => server.close());

  const json = { "content-type": "application/json" };
  /** @param body in chunks. */
  const serves = (
    body: readonly string[],
    headers: Readonly<Record<string, string>> = json,
    status = 200,
  ) => {
    server.handle = async (_request, response) => {
      response.writeHead(status, headers);
      for (const chunk of body) response.write(chunk);
      response.end();
    };
  };

  test("comes through up to 5,120 bytes, with its max-age", async () => {
    const text = JSON.stringify({ padding: "x".repeat(5120 - 14) });
    serves([text], { ...json, "cache-control": "public, max-age=86401" });
    expect(text).toHaveLength(5120);
    expect(await ask()).toEqual({ text, maxAgeSeconds: 86_401 });
  });

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "application/oauth-client+json",
    "APPLICATION/JSON",
  ])("may be %s", async (type) => {
    serves(["{}"], { "content-type": type });
    expect(await ask()).toEqual({ text: "{}", maxAgeSeconds: undefined });
  });

  const redirect = { location: `${url}.elsewhere` };
  test.each<
    [code: string, what: string, headers: Readonly<Record<string, string>>, status: number]
  >([
    ["document_status", "a redirect", redirect, 302],
    ["document_status", "a redirect for good", redirect, 308],
    ["document_status", "nothing there", json, 404],
    ["document_status", "another success", json, 201],
    ["document_type", "a page", { "content-type": "text/html" }, 200],
    ["document_type", "a type that only begins so", { "content-type": "application/jsonp" }, 200],
    ["document_type", "no type", {}, 200],
    ["document_type", "a compressed document", { ...json, "content-encoding": "gzip" }, 200],
    ["document_too_large", "10 MB by its length", { ...json, "content-length": "10000000" }, 200],
  ])("is refused with %s: %s", async (code, _what, headers, status) => {
    serves(["{}"], headers, status);
    expect(await codeOf(ask())).toBe(code);
  });

  test("is refused with document_too_large one byte later", async () => {
    serves(["x".repeat(5120), "x"]);
    expect(await codeOf(ask())).toBe("document_too_large");
  });

  test("is refused with document_json when it is not UTF-8", async () => {
    server.handle = async (_request, response) => {
      response.writeHead(200, json).end(Buffer.from([0x7b, 0xff, 0x7d]));
    };
    expect(await codeOf(ask())).toBe("document_json");
  });

  test("is read no further than the limit when it never ends, and the connection is closed", async () => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      server.handle = async (_request, response) => {
        response.writeHead(200, json).on("close", resolve);
        const more = (): void => {
          while (!response.destroyed && response.write("x".repeat(1024))) sent += 1024;
          response.once("drain", more);
        };
        more();
      };
    });
    expect(await codeOf(ask())).toBe("document_too_large");
    await closed;
    // What fits into the buffers between the two.
    expect(sent).toBeLessThan(10_000_000);
  });

  test.each<[what: string, handle: LoopbackServer["handle"]]>([
    ["never answers", async () => undefined],
    [
      "stops in the middle",
      async (_request, response) => {
        response.writeHead(200, json).write("{");
      },
    ],
    [
      "sends a byte now and then",
      async (_request, response) => {
        response.writeHead(200, json);
        const timer = setInterval(() => response.write(" "), 5);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("is refused with document_timeout when it %s", async (_what, handle) => {
    server.handle = handle;
    expect(await codeOf(ask(60))).toBe("document_timeout");
  });

  test("is refused with document_unreachable when the connection breaks", async () => {
    server.handle = async (_request, response) => {
      response.destroy();
    };
    expect(await codeOf(ask())).toBe("document_unreachable");
  });
});

describe("a server elsewhere", () => {
  const here: LookupAddress = { address: "127.0.0.1", family: 4 };
  const there: LookupAddress = { address: "1.1.1.1", family: 4 };
  const { certPem, keyPem } = makeCertificate("client.example");

  /** @returns its port, and whom it was asked by. */
  async function startTls(): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const handle: RequestListener = ({ url: path, headers }, response) => {
      asked.push(`${headers.host}${path} ${headers["accept-encoding"]}`);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    };
    const tls = createServer({ cert: certPem, key: keyPem }, handle);
    await new Promise<void>((resolve) => {
      tls.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      tls.close();
      tls.closeAllConnections();
    });
    return { port: Number(Object(tls.address()).port), asked };
  }

  test("is asked at the address that was looked at, and looked up once", async () => {
    const { port, asked } = await startTls();
    const looked: string[] = [];
    const answer = await createFetchDocument({
      onThisMachine: {},
      // A name that leads inwards when it is asked again.
      lookup: (host, done) => done(null, looked.push(host) === 1 ? [here] : []),
      isSpecial: () => false,
      ca: certPem,
    })(`https://client.example:${port}/client.json`);
    expect([answer.text, asked, looked]).toEqual([
      "{}",
      [`client.example:${port}/client.json identity`],
      ["client.example"],
    ]);
  });

  test.each<[why: string, found: LookupAddress[]]>([
    ["leads to this machine", [here]],
    ["leads to this machine, by IPv6", [{ address: "::1", family: 6 }]],
    ["leads to a mapped address", [{ address: "::ffff:127.0.0.1", family: 6 }]],
    ["leads to the metadata of a machine at AWS", [{ address: "169.254.169.254", family: 4 }]],
    ["leads to the internet and to this machine", [there, here]],
    ["leads nowhere", []],
  ])("is not asked when its name %s", async (_why, found) => {
    const { port, asked } = await startTls();
    const fetchDocument = createFetchDocument({
      onThisMachine: {},
      lookup: (_host, done) => done(null, found),
      ca: certPem,
    });
    expect(await codeOf(fetchDocument(`https://client.example:${port}/client.json`))).toBe(
      "document_address",
    );
    expect(asked).toEqual([]);
  });

  test("is not believed without a certificate that somebody vouches for", async () => {
    const { port, asked } = await startTls();
    const fetchDocument = createFetchDocument({
      onThisMachine: {},
      lookup: (_host, done) => done(null, [here]),
      isSpecial: () => false,
    });
    expect(await codeOf(fetchDocument(`https://client.example:${port}/client.json`))).toBe(
      "document_unreachable",
    );
    expect(asked).toEqual([]);
  });

  test("is unreachable when its name does not resolve", async () => {
    const fetchDocument = createFetchDocument({
      onThisMachine: {},
      lookup: (_host, done) => done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []),
    });
    await expect(fetchDocument(url)).rejects.toThrow("its server cannot be asked: ENOTFOUND");
  });
});
