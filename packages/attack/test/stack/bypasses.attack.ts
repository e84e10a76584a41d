import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { attacked } from "./attacked/attacked.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ project: attacked, port: 0, explain: () => {} });
});
afterAll(() => stack.close());

/** A request of somebody who is signed in and in no group; the path goes out as it is. */
async function ask(app: string, path: string): Promise<[status: number, body: string]> {
  const { appUrl, tokens } = stack.outputs;
  const { host, port } = new URL(appUrl);
  const headers = { host, authorization: `Bearer ${tokens.id}`, "x-ask": app };
  const sent = request({ host: "127.0.0.1", port, path, headers, agent: false }).end();
  const [response] = await once(sent, "response");
  return [response.statusCode, await text(response)];
}

describe.each(["h3", "fastify"])("behind the guard, %s", (app) => {
  test.each(["/admin", "/settings", "/public/secret"])(
    "does not serve %s to somebody without the group",
    async (path) => {
      const [status, body] = await ask(app, path);
      expect([status, problemOf(body)]).toEqual([403, "access_denied"]);
    },
  );

  test.each([
    "/admin%3F",
    "/admin%3Fx",
    "/admin%3f/y",
    "/admin%23",
    "/settings%3F",
    "/public/secret%3Fx",
    "/admin;/x",
    "/settings;x",
    "/settings;/x",
    "/settings;x=1/y/z",
    "/public/secret;/x",
    "/settings%3B",
    "/settings%3B%3F/x",
    "/settings/%3F",
    "//settings;/x",
  ])("never sees %s, which has readings under different rules", async (path) => {
    const [status, body] = await ask(app, path);
    expect([status, problemOf(body)]).toEqual([400, "path_ambiguous"]);
  });

  test.each([
    ["/files/a%3Fb", "/files/a?b"],
    ["/files/a;b/c", "/files/a;b/c"],
    ["/files/a%23b", "/files/a#b"],
    ["/files/a%2Fb;c/", "/files/a%2Fb;c/"],
    ["/settings%253F", "/settings%253F"],
  ])("gets %s as it is, because one rule covers every reading", async (path, readByH3) => {
    const [status, body] = await ask(app, path);
    expect([status, body]).toEqual([200, `${app} has ${app === "h3" ? readByH3 : path}`]);
  });
});

/** The code of a refusal, or what a backend has answered. */
function problemOf(body: string): unknown {
  return body.startsWith("{") ? JSON.parse(body).code : body;
}
