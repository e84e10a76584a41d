import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { attacked } from "./attacked/attacked.ts";

let stack: Stack;
let port: string;
beforeAll(async () => {
  stack = await startStack({ project: attacked, port: 0, explain: () => {} });
  port = new URL(stack.outputs.appUrl).port;
});
afterAll(() => stack.close());

/** A name that a web page of somebody else could be served by, often close to one of the stack's own. */
const host = fc
  .tuple(
    fc.constantFrom("", "evil.", "app.", "127.0.0.1.", "-", " ", "\t", "@", "u:p@", "http://", "["),
    fc.constantFrom(
      ..."app.localhost auth.localhost localhost 127.0.0.1 [::1] 0.0.0.0 127.1 evil.example".split(
        " ",
      ),
      ..."ssm.eu-central-1.amazonaws.com x.lambda-url.eu-central-1.on.aws [::ffff:127.0.0.1]".split(
        " ",
      ),
    ),
    fc.constantFrom("", ".", ".evil.example", "%00", "\u00e9", "#", "/", ",localhost", "x"),
    fc.constantFrom("", ":PORT", ":PORT", ":PORT", ":80", ":0PORT", ":PORT:PORT", ":", ": PORT"),
    fc.boolean(),
  )
  .map(([start, name, end, colon, upper]) => {
    const whole = start + name + end + colon.replaceAll("PORT", port);
    return upper ? whole.toUpperCase() : whole;
  });

/** @returns the status, or "none" where the connection ends without one. */
async function statusFor(name: string, path: string): Promise<string> {
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`, "latin1");
  return (await text(socket)).slice(9, 12) || "none";
}

test("the stack answers to its own names, and to no other that a page could be served by", async () => {
  const own = ["app.localhost", "auth.localhost", "localhost", "127.0.0.1", "[::1]"];
  const functionUrl = /^[a-z0-9-]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/;
  const isOwn = (name: string) => {
    const plain = name.trim().toLowerCase();
    return (
      own.some((one) => plain === `${one}:${port}`) ||
      // A public name, but one that AWS alone can give away.
      functionUrl.test(plain.replace(`:${port}`, ""))
    );
  };
  let served = 0;
  const seed = drawSeed("names for a stack");
  await fc.assert(
    fc.asyncProperty(host, fc.constantFrom("/", "/me", "/.auth/me"), async (name, path) => {
      const status = await statusFor(name, path);
      if (isOwn(name)) served += 1;
      // 400 is Node's own, for what is no header line.
      expect([name, isOwn(name) === !/^(421|400|none)$/.test(status)]).toEqual([name, true]);
    }),
    { seed, numRuns: Math.min(draws, 5000) },
  );
  expect(served).toBeGreaterThan(20);
});
