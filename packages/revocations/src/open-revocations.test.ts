import { setImmediate } from "node:timers/promises";

import { expect, test } from "vitest";

import { openRevocations } from "./open-revocations.ts";

const now = 1_800_000_000;

test("is opened without a read: the first sign-in that has to be looked up makes it", async () => {
  let reads = 0;
  const requireValid = openRevocations({
    region: "eu-central-1",
    name: "/gatehouse/app/stage/revoked",
    whenUnknown: "refuse",
    sign() {
      reads += 1;
      return Promise.reject(new RangeError("no further than this"));
    },
    now: () => now,
    log: () => undefined,
  });
  await setImmediate();
  expect(reads).toBe(0);
  await expect(requireValid({ sub: "ada", authTime: now - 3600 })).rejects.toMatchObject({
    code: "settings_unavailable",
  });
  expect(reads).toBe(1);
});
