import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { attacked } from "./attacked/attacked.ts";

let stack: Stack;
/** Of the app, and of the AWS APIs. */
let ports: readonly [app: string, apis: string];
beforeAll(async () => {
  stack = await startStack({ project: attacked, port: 0, explain: () => {} });
  const { appUrl, endpoints } = stack.outputs;
  ports = [new URL(appUrl).port, new URL(endpoints.ssm).port];
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
    const whole = start + name + end + colon;
    return (port: string) => (upper ? whole.toUpperCase() : whole).replaceAll("PORT", port);
  });

/** @returns the status, or "none" where the connection ends without one. */
async function statusFor(port: string, name: string, path: string): Promise<string> {
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`, "latin1");
  return (await text(socket)).slice(9, 12) || "none";
}

/** The names of each port. */
const own = [
  ["app.localhost", "auth.localhost", "127.0.0.1"],
  ["localhost", "127.0.0.1", "[::1]"],
] as const;

test.each([0, 1] as const)(
  "port %i of the stack answers to its own names, and to no other that a page could be served by",
  async (which) => {
    const port = ports[which];
    const functionUrl = /^[a-z0-9-]+\.lambda-url\.[a-z0-9-]+\.on\.aws$/;
    const isOwn = (name: string) => {
      const plain = name.trim().toLowerCase();
      return (
        own[which].some((one) => plain === `${one}:${port}`) ||
        // A public name, but one that AWS alone can give away.
        (which === 0 && functionUrl.test(plain.replace(`:${port}`, "")))
      );
    };
    let served = 0;
    const seed = drawSeed(`names for port ${which} of a stack`);
    await fc.assert(
      fc.asyncProperty(host, fc.constantFrom("/", "/me", "/.auth/me"), async (nameAt, path) => {
        const name = nameAt(port);
        const status = await statusFor(port, name, path);
        if (isOwn(name)) served += 1;
        // 400 is Node's own, for what is no header line; and an AWS API's, for what is none of its calls.
        const refused = which === 1 && isOwn(name) ? /^none$/ : /^(421|400|none)$/;
        expect([name, isOwn(name) === !refused.test(status)]).toEqual([name, true]);
      }),
      { seed, numRuns: Math.min(draws, 2500) },
    );
    expect(served).toBeGreaterThan(3);
  },
);
