import { GuardError } from "@sst-gatehouse/core/errors";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { accessClaims, mint } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test } from "vitest";

import { accessKey, type EventParts, guardSettings, issuer, webClient } from "../test/events.ts";
import { access } from "../test/access.ts";
import { createGuard } from "./guard.ts";
import { traceOf } from "./http/trace.ts";
import { startSteps } from "./log.ts";
import { createBench, followed, type Outcome, sessionCookie } from "../test/test-browser.ts";

/** Counted by the rule in the docs: name, value and 4 for each line. */
function bytesOf(headers: Outcome["headers"]): number {
  return Object.entries(headers)
    .flatMap(([name, lines]) => lines.map((line) => name.length + Buffer.byteLength(line) + 4))
    .reduce((sum, bytes) => sum + bytes, 0);
}

const anybody: EventParts = { uri: "/public/x" };
const cookies = (cookie: string | readonly string[]): EventParts => ({
  ...anybody,
  headers: { cookie },
});

function largestOf({ status, body }: Outcome): unknown {
  expect(status).toBe(431);
  return JSON.parse(body).largest;
}

/** A filler header that brings what goes to the backend to exactly this size. */
async function filledTo(
  bytes: number,
  settings: GuardSettings,
  parts: EventParts = anybody,
): Promise<EventParts> {
  const filled = (length: number) => ({
    ...parts,
    headers: { ...parts.headers, "x-fill": "f".repeat(length) },
  });
  const { headers, status } = await createBench(settings).send(filled(1));
  expect(status).toBe(0);
  return filled(1 + bytes - bytesOf(headers));
}

test("a caller who is remembered is told with the address and the session of each request", async () => {
  const guard = createGuard({
    sign: async (request) => request,
    access,
    fileRequest: () => undefined,
    forwardToken: false,
    forwardCookies: undefined,
    originHeaderBytes: 10_000,
    headersTooLarge: () => new GuardError("headers_too_large", "too large"),
    callerVersion: 2,
  });
  const caller = Object.freeze({ kind: "client" as const, clientId: "c", scopes: [], issuer });
  const verified = {
    caller,
    tokenUse: "access" as const,
    clientId: "c",
    issuer,
    kid: "k",
    sub: "c",
  };
  const who = { caller, token: { ...verified, expiresAt: 9, issuedAt: 1, authTime: 2 } };
  const http = { method: "GET", host: "h", path: "/x", query: "", headers: {} };
  const asked: [clientIp: string, backendChecks: boolean, bearer: string | undefined][] = [
    ["192.0.2.1", false, "a.b.c"],
    ["192.0.2.2", false, "a.b.c"],
    ["192.0.2.2", true, "a.b.c"],
    ["192.0.2.2", true, undefined],
    ["192.0.2.2", false, undefined],
  ];
  const told: unknown[] = [];
  const steps = startSteps(() => 0);
  const unasked = { steps, trace: traceOf(undefined), origin: "https://a.example" };
  for (const [clientIp, backendChecks, bearer] of asked) {
    const body = { kind: "visible" as const, bytes: new Uint8Array() };
    const readings = (): readonly string[] => ["/x"];
    const { request } = await guard(
      { ...unasked, http: { ...http, body }, clientIp, readings, backendChecks },
      { ...who, ...(bearer === undefined ? {} : { bearer }) },
    );
    const { "x-gatehouse-caller": sure, "x-gatehouse-caller-unchecked": unsure } = request.headers;
    const { viewerAddress, authTime, session } = JSON.parse(
      Buffer.from((sure ?? unsure)?.[0] ?? "", "base64url").toString(),
    );
    told.push([sure === undefined, viewerAddress, authTime, session]);
  }
  expect(told).toEqual([
    [false, "192.0.2.1", undefined, undefined],
    [false, "192.0.2.2", undefined, undefined],
    [true, "192.0.2.2", 2, undefined],
    [true, "192.0.2.2", 2, "script"],
    [false, "192.0.2.2", undefined, undefined],
  ]);
});

describe("the headers that go to the backend", () => {
  test("may have 9,728 bytes, the signature and the caller among them", async () => {
    const parts = await filledTo(9728, guardSettings);
    const { status, headers } = await createBench().send(parts);
    expect([status, bytesOf(headers)]).toEqual([0, 9728]);
  });

  test("may not have one byte more", async () => {
    const outcome = await createBench().send(await filledTo(9729, guardSettings));
    expect(largestOf(outcome)).toMatchObject({ header: "x-fill" });
    expect(JSON.parse(outcome.body)).toMatchObject({
      code: "headers_too_large",
      detail: expect.stringContaining("have 9729 bytes"),
    });
  });

  test.each([10_000, 12_000, 16_000])(
    "with a cookie of %i bytes are refused by its name",
    async (size) => {
      const outcome = await createBench().send(cookies(`a=1; theme=${"x".repeat(size - 6)}; b=2`));
      expect(largestOf(outcome)).toEqual({ header: "cookie", cookie: "theme", bytes: size });
    },
  );

  test("with many cookies of a middling size are refused by the largest", async () => {
    const many = Array.from({ length: 30 }, (_none, index) => `c${index + 10}=${"x".repeat(396)}`);
    const outcome = await createBench().send(
      cookies([...many, `big=${"x".repeat(400)}`].join("; ")),
    );
    expect(largestOf(outcome)).toEqual({ header: "cookie", cookie: "big", bytes: 404 });
  });

  test("with one large header that is no cookie are refused by its name", async () => {
    const headers = { cookie: `a=${"x".repeat(4000)}`, "x-state": "y".repeat(7000) };
    const outcome = await createBench().send({ ...anybody, headers });
    expect(largestOf(outcome)).toEqual({ header: "x-state", bytes: 7011 });
  });

  test("with a caller in very many groups are refused by the caller's header", async () => {
    const bench = createBench();
    const groups = Array.from({ length: 50 }, (_none, index) => `${"group".repeat(20)}-${index}`);
    const claims = { issuer, clientId: webClient, now: bench.clock.now(), groups };
    const token = mint({ key: accessKey, claims: accessClaims(claims) });
    const headers = { authorization: `Bearer ${token}`, "x-some": "s".repeat(2000) };
    const outcome = await bench.send({ uri: "/x", headers });
    const { header, bytes, ...more } = Object(largestOf(outcome));
    expect([header, more]).toEqual(["x-gatehouse-caller", {}]);
    expect(bytes).toBeGreaterThan(7000);
    expect(outcome.body).toContain("ask an administrator");
  });

  test("with a caller that no header holds are refused by the caller's header", async () => {
    const bench = createBench();
    const groups = Array.from({ length: 70 }, (_none, index) => `${"group".repeat(20)}-${index}`);
    const claims = { issuer, clientId: webClient, now: bench.clock.now(), groups };
    const token = mint({ key: accessKey, claims: accessClaims(claims) });
    const outcome = await bench.send({ uri: "/x", headers: { authorization: `Bearer ${token}` } });
    expect(largestOf(outcome)).toMatchObject({ header: "x-gatehouse-caller" });
  });

  test("do not count the guard's own cookies, which stay behind", async () => {
    const bench = createBench();
    const session = await bench.signIn();
    const own = `${sessionCookie(session)}; __Host-Http-gatehouse-mark=${"x".repeat(9000)}`;
    const { status, headers } = await bench.send({
      uri: "/x",
      headers: { ...followed, cookie: `${own}; theme=dark` },
    });
    expect([status, headers["cookie"]]).toEqual([0, ["theme=dark"]]);
  });

  test("do not count what a viewer may not send, nor the viewer's token", async () => {
    const bench = createBench();
    const padded = { "x-gatehouse-caller": "x".repeat(9000), "x-amz-meta": "x".repeat(9000) };
    const token = bench.cognito.accessToken({ sub: "alice" });
    const headers = { ...padded, authorization: `Bearer ${token}` };
    expect(await bench.send({ uri: "/x", headers })).toMatchObject({ status: 0 });
  });

  test("count the token where the stage forwards it", async () => {
    const bench = createBench({ ...guardSettings, forwardToken: true });
    const token = bench.cognito.accessToken({ sub: "alice" });
    const parts = { uri: "/x", headers: { authorization: `Bearer ${token}` } };
    const filled = await filledTo(9728, { ...guardSettings, forwardToken: true }, parts);
    expect((await createBench().send(filled)).status).toBe(0);
    expect(
      bytesOf((await createBench({ ...guardSettings, forwardToken: true }).send(filled)).headers),
    ).toBe(9728);
  });

  test("do not count cookies that the stage does not list", async () => {
    const sent = cookies(`theme=dark; big=${"x".repeat(12_000)}`);
    const { status, headers } = await createBench({
      ...guardSettings,
      forwardCookies: ["theme"],
    }).send(sent);
    expect([status, headers["cookie"]]).toEqual([0, ["theme=dark"]]);
  });

  test("may be larger where the stage says so", async () => {
    const settings = { ...guardSettings, originHeaderBytes: 15_000 };
    const roomy = createBench(settings);
    expect((await roomy.send(await filledTo(15_000, settings))).status).toBe(0);
    expect((await roomy.send(await filledTo(15_001, settings))).status).toBe(431);
  });

  test("may with path and query never be larger than CloudFront takes, whatever the stage says", async () => {
    const settings = { ...guardSettings, originHeaderBytes: 19_968 };
    const long = { ...anybody, querystring: `q=${"x".repeat(2000)}` };
    const url = anybody.uri?.length ?? 0;
    const most = 19_968 - url - long.querystring.length;
    expect((await createBench(settings).send(await filledTo(most, settings, long))).status).toBe(0);
    expect(
      (await createBench(settings).send(await filledTo(most + 1, settings, long))).status,
    ).toBe(431);
  });
});

describe("a person whose cookies are too large", () => {
  const headers = { ...followed, cookie: `theme=${"x".repeat(10_000)}` };

  test("gets a page that names the cookie and says what to do", async () => {
    const { status, body, code } = await createBench().send({ uri: "/public/x", headers });
    expect([status, code]).toEqual([431, "headers_too_large"]);
    expect(body).toContain("Delete cookies of this site");
    expect(body).toContain("The largest is the cookie “theme”: 10006 bytes.");
    expect(body).toContain('href="/public/x"');
    expect(body).not.toContain("xxxxx");
  });

  test("leaves a line in the log without the cookie's name", async () => {
    const bench = createBench();
    await bench.send({ uri: "/public/x", headers });
    expect(bench.lines.join("\n")).toContain('"code":"headers_too_large"');
    expect(bench.lines.join("\n")).not.toContain("theme");
  });
});
