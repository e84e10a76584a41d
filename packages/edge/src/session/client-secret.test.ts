import { fixedClock } from "@sst-gatehouse/testkit/tokens";
import { expect, test } from "vitest";

import { appOrigin, createBench, fetched, followed } from "../../test/test-browser.ts";
import { createClientSecret } from "./client-secret.ts";

const first = "firstSecretOfTheWebClient01";
const second = "secondSecretOfTheWebClient2";

/** Parameter Store with one value, which a test changes. */
function store() {
  const clock = fixedClock();
  const parameter = { value: first as unknown, reads: 0, delay: Promise.resolve() };
  const secret = createClientSecret({
    now: clock.now,
    async read() {
      parameter.reads += 1;
      await parameter.delay;
      if (parameter.value instanceof Error) throw parameter.value;
      return parameter.value as string | undefined; // oxlint-disable-line typescript/no-unsafe-type-assertion -- a table of values
    },
  });
  return { clock, parameter, secret };
}

test("is read once, and kept for as long as the container lives", async () => {
  const { clock, parameter, secret } = store();
  expect(parameter.reads).toBe(0);
  expect(await secret.current()).toBe(first);
  clock.advance(30 * 24 * 3600);
  expect([await secret.current(), parameter.reads]).toEqual([first, 1]);
});

test("has one read in flight, however many need it", async () => {
  const { parameter, secret } = store();
  let go = (): void => undefined;
  parameter.delay = new Promise((resolve) => (go = resolve));
  const asked = Array.from({ length: 100 }, () => secret.current());
  await Promise.resolve();
  go();
  expect(new Set(await Promise.all(asked))).toEqual(new Set([first]));
  expect(parameter.reads).toBe(1);
});

test.each([
  ["Parameter Store throttles", Object.assign(new Error("x"), { name: "ThrottlingException" })],
  ["there is none", undefined],
  ["it is empty", ""],
  ["it is not a secret of Cognito's", "two words with spaces in them"],
  ["it is too short", "short"],
])("fails where %s, and leaves Parameter Store alone for two seconds", async (_why, value) => {
  const { clock, parameter, secret } = store();
  parameter.value = value;
  await expect(secret.current()).rejects.toThrow(Error);
  parameter.value = first;
  clock.advance(1);
  await expect(secret.current()).rejects.toThrow("could not be read");
  expect(parameter.reads).toBe(1);
  clock.advance(1);
  expect([await secret.current(), parameter.reads]).toEqual([first, 2]);
});

test("a refused one is read again once, by all who were refused together", async () => {
  const { clock, parameter, secret } = store();
  await secret.current();
  clock.advance(2);
  parameter.value = second;
  const others = await Promise.all(Array.from({ length: 50 }, () => secret.after(first)));
  expect(new Set(others)).toEqual(new Set([second]));
  expect([await secret.current(), parameter.reads]).toEqual([second, 2]);
  // Who was refused with the first one learns of the second without a read.
  clock.advance(2);
  expect([await secret.after(first), parameter.reads]).toEqual([second, 2]);
});

test("a refused one that Parameter Store still has is no other, and is not asked for all the time", async () => {
  const { clock, parameter, secret } = store();
  await secret.current();
  expect([await secret.after(first), parameter.reads]).toEqual([undefined, 1]);
  clock.advance(2);
  expect([await secret.after(first), parameter.reads]).toEqual([undefined, 2]);
  expect([await secret.after(first), parameter.reads]).toEqual([undefined, 2]);
});

test("what was read once stays in use while Parameter Store is away", async () => {
  const { clock, parameter, secret } = store();
  await secret.current();
  clock.advance(2);
  parameter.value = new Error("away");
  await expect(secret.after(first)).rejects.toThrow("away");
  expect(await secret.current()).toBe(first);
});

test("is not read for a request without a session, nor for one whose session is good", async () => {
  const bench = createBench();
  await bench.browse("/public/x");
  await bench.browse("/x");
  expect(bench.secretReads).toEqual([]);
  await bench.signIn();
  expect(bench.secretReads).toHaveLength(1);
  for (let count = 0; count < 5; count += 1) await bench.browse("/x");
  expect(bench.secretReads).toHaveLength(1);
});

/** A script's renewal of the jar's session. */
const renewal = { method: "POST", headers: { ...fetched, origin: appOrigin } };

test("a rotation signs nobody out: the new one is read when Cognito refuses the old one", async () => {
  const bench = createBench();
  await bench.signIn();
  const next = "secretThatTookItsPlace00001";
  bench.cognito.secrets = [...bench.cognito.secrets, next];
  bench.parameter.secret = next;
  bench.clock.advance(3601);
  expect((await bench.browse("/.auth/refresh", renewal)).status).toBe(204);
  bench.cognito.secrets = [next];
  bench.clock.advance(3601);
  expect((await bench.browse("/.auth/refresh", renewal)).status).toBe(204);
  expect(bench.secretReads).toHaveLength(2);
  expect((await bench.browse("/x", { headers: fetched })).forwarded).toBeDefined();
});

test.each(["GET", "POST"])(
  "where Cognito takes none, a renewal by %s is 503, and the session stays",
  async (method) => {
    const bench = createBench();
    await bench.signIn();
    const { secrets } = bench.cognito;
    bench.cognito.secrets = ["anotherSecretAltogether0001"];
    bench.clock.advance(3601);
    const before = bench.jar.header();
    const path = method === "POST" ? "/.auth/refresh" : "/x";
    const parts = method === "POST" ? renewal : { headers: followed };
    const answer = await bench.browse(path, parts);
    expect([answer.status, answer.code, answer.cookies]).toEqual([503, "sign_in_unavailable", []]);
    expect(bench.jar.header()).toBe(before);
    expect(bench.lines.at(-1)).toContain("CognitoAnswered_400_invalid_client");
    expect(bench.lines.join("\n")).not.toContain(secrets[0]);
    bench.cognito.secrets = secrets;
    expect((await bench.browse("/.auth/refresh", renewal)).status).toBe(204);
  },
);

test("where it cannot be read, signing in is 503 and says no more", async () => {
  const bench = createBench();
  bench.parameter.secret = undefined;
  const { status, code, cookies, body } = await bench.visit("/.auth/login");
  expect([status, code, cookies]).toEqual([503, "sign_in_unavailable", []]);
  expect(body).toContain("not answering");
  expect(bench.lines.at(-1)).toContain('"cause":"ClientSecretUnknown"');
});

test("signing out ends the refresh token with it", async () => {
  const bench = createBench();
  await bench.signIn();
  bench.clock.advance(2);
  bench.cognito.secrets = ["anotherSecretAltogether0001"];
  bench.parameter.secret = "anotherSecretAltogether0001";
  expect((await bench.browse("/.auth/logout", renewal)).status).toBe(302);
  expect(bench.lines.join("\n")).not.toContain("sign_out_unrevoked");
});
