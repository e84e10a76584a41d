import { createHash, randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";

import { beforeAll, describe, expect, test } from "vitest";

import { viaApp, type Sent } from "./support/client.ts";
import { needs, needsStreams } from "./support/requirements.ts";
import { isStack, loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

const call = (sent: Sent) => viaApp(target, { ...sent, token: target.tokens.id });
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("the backend gets what the client sent", () => {
  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "method %s, path and query as text",
    async (method) => {
      const answer = await call({ method, path: "/echo/a%20b/c?x=1&x=2&y=%2B+z&q=%5B%5D" });
      expect(answer.status).toBe(200);
      expect(answer.json()).toMatchObject({
        method,
        path: "/echo/a%20b/c",
        query: "x=1&x=2&y=%2B%20z&q=%5B%5D",
        body: { sha256: sha256(new Uint8Array(0)), bytes: 0 },
      });
    },
  );

  test("a query that AWS would stumble over, in its canonical form", async () => {
    const answer = await call({
      path: "/echo?a[]=1&a[]=2&/path&empty=&flag&eq=a=b=c&plus=1+2&tilde=~",
    });
    expect(answer.json()["query"]).toBe(
      "a%5B%5D=1&a%5B%5D=2&%2Fpath=&empty=&flag=&eq=a%3Db%3Dc&plus=1%202&tilde=~",
    );
  });

  test("every byte of a binary body", async () => {
    const body = Buffer.concat([
      Uint8Array.from({ length: 256 }, (_, index) => index),
      randomBytes(100_000),
    ]);
    for (const type of [
      "application/octet-stream",
      "text/plain",
      "application/json",
      "multipart/form-data; boundary=x",
    ]) {
      const answer = await call({
        method: "POST",
        path: "/files",
        body,
        headers: { "content-type": type },
      });
      expect(answer.json()).toEqual({ sha256: sha256(body), bytes: body.length });
    }
  });

  test("a body that is sent in chunks, without a length", async () => {
    const answer = await call({
      method: "POST",
      path: "/files",
      body: "chunked",
      headers: { "transfer-encoding": "chunked" },
    });
    expect(answer.json()).toEqual({ sha256: sha256(Buffer.from("chunked")), bytes: 7 });
  });

  test("a body just under a megabyte, hashed at the edge", async () => {
    const body = randomBytes(999_000);
    const answer = await call({ method: "PUT", path: "/echo", body });
    expect(answer.json()["body"]).toEqual({ sha256: sha256(body), bytes: body.length });
  });

  test("a larger body when the client sends its hash, and 413 that says so when not", async () => {
    const body = randomBytes(2_000_000);
    const refused = await call({ method: "POST", path: "/files", body });
    expect({ status: refused.status, code: refused.json()["code"] }).toEqual({
      status: 413,
      code: "body_hash_required",
    });
    expect(refused.json()["detail"]).toContain("x-amz-content-sha256");
    const admitted = await call({
      method: "POST",
      path: "/files",
      body,
      headers: { "x-amz-content-sha256": sha256(body) },
    });
    expect(admitted.json()).toEqual({ sha256: sha256(body), bytes: body.length });
    const changed = await call({
      method: "POST",
      path: "/files",
      body,
      headers: { "x-amz-content-sha256": sha256(body.subarray(1)) },
    });
    expect(changed.status).toBe(403);
  });

  test("no credentials among the headers, and none of the names a viewer may not send", async () => {
    const headers = {
      "x-gatehouse-caller": "x",
      "x-amz-security-token": "x",
      x_gatehouse_token: "x",
      "x-original-url": "/admin",
      "x-original-uri": "/admin",
      "x-forwarded-prefix": "/admin",
      "X-Forwarded-User": "admin",
      "X-Auth-Request-Email": "admin@example.com",
      "X-Middleware-Subrequest": "middleware",
      Remote_User: "admin",
      "x-kept": ["1", "2"],
    };
    const seen = (await call({ path: "/echo", headers })).json<{
      headers: Record<string, string>;
    }>().headers;
    expect(seen["x-kept"]).toBe("1,2");
    for (const name of [
      "authorization",
      "x-amz-security-token",
      "x-gatehouse-token",
      "x_gatehouse_token",
      "x-original-url",
      "x-original-uri",
      "x-forwarded-prefix",
      "x-forwarded-user",
      "x-auth-request-email",
      "x-middleware-subrequest",
      "remote_user",
      "cookie",
    ]) {
      expect(Object.keys(seen)).not.toContain(name);
    }
    const { viewerAddress, ...caller } = JSON.parse(
      Buffer.from(
        seen["x-gatehouse-caller-unchecked"] ?? seen["x-gatehouse-caller"] ?? "",
        "base64url",
      ).toString("utf8"),
    );
    expect(caller).toMatchObject({ kind: "user", username: target.users[0]?.username });
    expect(isIP(viewerAddress)).toBeGreaterThan(0);
    expect(isStack(target) ? ["127.0.0.1", "::1"] : [viewerAddress]).toContain(viewerAddress);
  });
});

describe("a sender's own Authorization, where the rules leave it to the backend", () => {
  needs("own access rules");
  const told = async (authorization: string) => {
    const headers = { authorization, "x-gatehouse-authorization": "Basic forged" };
    const sent = { method: "POST", path: "/public/echo/hooks/x", body: "{}", headers };
    const answer = await viaApp(target, sent);
    expect([answer.status, answer.body.toString().includes("forged")]).toEqual([200, false]);
    return answer.json<{ headers: Record<string, string> }>().headers["x-gatehouse-authorization"];
  };

  test("reaches it, whatever its scheme", async () => {
    // Among the secrets that the search after this run looks for.
    const { id, secret } = target.clients.machine;
    const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    for (const own of [basic, "Bearer whsec_abc123", "whsec_abc123", "Token token=abc"])
      expect(await told(own)).toBe(`sha256:${sha256(Buffer.from(own))}`);
  });

  test("does not where it is a token of this app", async () => {
    for (const token of Object.values(target.tokens))
      expect(await told(`Bearer ${token}`)).toBeUndefined();
  });
});

test("the backend is told the app's own address, whatever address the client names", async () => {
  const evil = "evil.example";
  const headers = {
    "X-Forwarded-Host": evil,
    x_forwarded_host: evil,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Port": "70",
    "X-Gatehouse-Origin": `https://${evil}`,
    Forwarded: `host=${evil};proto=gopher`,
  };
  const text = (await call({ path: "/echo", headers })).body.toString();
  expect(text).not.toMatch(/evil|gopher/);
  // A stage that is played has its names from a front that the guard does not know.
  const appUrl = process.env["GATEHOUSE_PLAYED_APP_URL"] ?? target.appUrl;
  const { protocol, host, port } = new URL(appUrl);
  expect(JSON.parse(text).headers).toMatchObject({
    "x-gatehouse-origin": appUrl,
    "x-forwarded-host": host,
    "x-forwarded-proto": protocol.slice(0, -1),
    "x-forwarded-port": port || "443",
  });
});

describe("the client gets what the backend answered", () => {
  test("bytes, with the headers that keep a browser from running them", async () => {
    const answer = await call({ path: "/files/report.bin?bytes=300000" });
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(300_000);
    expect(answer.header("content-disposition")).toContain("attachment");
    expect(answer.header("x-content-type-options")).toBe("nosniff");
    expect(answer.header("content-security-policy")).toContain("sandbox");
    expect((await call({ path: "/files/report.bin?bytes=300000" })).body.equals(answer.body)).toBe(
      true,
    );
  });

  test("a page at / for a browser, JSON for everybody else", async () => {
    const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
    const page = await call({ path: "/", headers: browser });
    expect(page.status).toBe(200);
    expect(page.header("content-type")).toBe("text/html; charset=UTF-8");
    expect(page.header("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'self'; /,
    );
    expect(page.header("referrer-policy")).toBe("same-origin");
    expect(page.header("cache-control")).toBe("private, no-store");
    expect(page.body.toString("utf8")).toContain(`<bdi>${target.users[0]?.username}</bdi>`);
    const script = await call({ path: "/page.js" });
    expect(script.header("content-type")).toBe("text/javascript; charset=utf-8");
    const json = await call({ path: "/", headers: { accept: "*/*" } });
    expect(json.header("content-type")).toBe("application/json");
    expect(json.json()["message"]).toBe("Hello, world!");
  });

  test("HEAD like GET, without a body", async () => {
    const answer = await call({ method: "HEAD", path: "/me" });
    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(0);
  });

  test("what belongs to one caller is never stored for another", async () => {
    expect((await call({ path: "/me" })).header("cache-control")).toBe("private, no-store");
  });

  test("an answer of 404 as it is", async () => {
    const answer = await call({ path: "/nowhere" });
    expect(answer.status).toBe(404);
    expect(answer.header("content-type")).toContain("application/problem+json");
  });

  describe("a stream", () => {
    needsStreams();
    test("event by event as they are written, not in one piece", async () => {
      const { status, contentType, chunks } = await readStream("/stream?events=3&interval=200");
      expect([status, contentType]).toEqual([200, "text/event-stream"]);
      expect(chunks.join("").match(/^data:/gm)).toHaveLength(3);
      expect(chunks.filter((chunk) => chunk.includes("data:")).length).toBe(3);
    });
  });

  interface Streamed {
    readonly status: number | undefined;
    readonly contentType: string | undefined;
    /** In the order and sizes they arrived. */
    readonly chunks: readonly string[];
  }

  function readStream(path: string): Promise<Streamed> {
    const url = new URL(target.appUrl);
    return new Promise((resolve, reject) => {
      const start = isStack(target) ? httpRequest : httpsRequest;
      const request = start({
        host: isStack(target) ? "127.0.0.1" : url.hostname,
        port: url.port,
        path,
        headers: {
          host: url.host,
          authorization: `Bearer ${target.tokens.id}`,
          accept: "text/event-stream",
        },
      });
      request.on("error", reject);
      request.on("response", (response) => {
        const chunks: string[] = [];
        const { statusCode: status, headers } = response;
        response.on("data", (chunk: Buffer) => chunks.push(chunk.toString("utf8")));
        response.on("end", () => resolve({ status, contentType: headers["content-type"], chunks }));
        response.on("error", reject);
      });
      request.end();
    });
  }
});
