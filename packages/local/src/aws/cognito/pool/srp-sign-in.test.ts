import { createDiffieHellmanGroup } from "node:crypto";

import { beforeAll, expect, test } from "vitest";

import { createClock } from "../../clock.ts";
import { createSrpSignIn } from "./srp-sign-in.ts";
import type { SrpSignIn } from "./srp-sign-in.ts";
import { createUsers } from "./users.ts";

// That a right password is taken and a wrong one is not is shown by amazon-cognito-identity-js, which computes its half.

const clientId = "abcdefghijklmnopqrstuvwxyz";
const prime = BigInt(`0x${createDiffieHellmanGroup("modp15").getPrime("hex")}`);
const clock = createClock();
let srp: SrpSignIn;

beforeAll(async () => {
  const users = createUsers(clock, "AbCdEfGhI");
  const password = "Correct-horse-1";
  await users.add({ username: "alice", password, status: "CONFIRMED", attributes: new Map() });
  srp = createSrpSignIn({ users, poolName: "AbCdEfGhI", clock });
});

test.each([
  ["zero", "0"],
  ["the prime", prime.toString(16)],
  ["twice the prime", (prime * 2n).toString(16)],
  ["nothing", ""],
  ["a negative number", "-2"],
  ["no number", "xyz"],
  ["more than the group has", "f".repeat(771)],
])("a public number of the client that is %s is refused", (_what, clientPublic) => {
  expect(srp.start("alice", clientId, clientPublic)).toBeUndefined();
  expect(srp.start("nobody", clientId, clientPublic)).toBeUndefined();
});

test("a user who does not exist is asked for a proof like any other, with the same salt each time", () => {
  const [first, second] = [srp.start("nobody", clientId, "2"), srp.start("NOBODY", clientId, "2")];
  expect(first?.salt).toMatch(/^[0-9a-f]{24,32}$/);
  expect(second?.salt).toBe(first?.salt);
  expect(second?.serverPublic).not.toBe(first?.serverPublic);
  expect(srp.start("alice", clientId, "2")?.salt).toMatch(/^[0-9a-f]{24,32}$/);
  expect(srp.start("other", clientId, "2")?.salt).not.toBe(first?.salt);
});

test("a proof that is wrong is refused, and so is one for a session that nobody started", () => {
  const started = srp.start("alice", clientId, "2");
  const proof = { secretBlock: started?.secretBlock ?? "", timestamp: "now", signature: "" };
  const caller = { clientId, username: "alice" };
  const refused = { kind: "refused", why: "wrong password" };
  expect(srp.finish(started?.session ?? "", caller, proof)).toEqual(refused);
  expect(srp.finish("", caller, proof)).toEqual(refused);
});
