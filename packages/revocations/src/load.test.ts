import { revocationPageText } from "@sst-gatehouse/blueprint/revocations";
import { fixedClock } from "@sst-gatehouse/testkit/tokens";
import { expect, test } from "vitest";

import { createRequireValid, createRevocations } from "./revocations.ts";

const start = 1_800_000_000;
const backends = 1000;
/** What Parameter Store gives an account by default, and in one second no more. */
const readsPerSecond = 40;
const list = revocationPageText({ everybody: 0, users: new Map([["mallory", start]]), pages: 1 });
const ada = { sub: "ada", authTime: start - 3600 };
const mallory = { sub: "mallory", authTime: start - 3600 };

/** Cold backends that all start in the same second, before a store that throttles. */
function coldBackends(whenUnknown: "allow" | "refuse") {
  const clock = fixedClock(start);
  const reads = new Map<number, number>();
  const read = async () => {
    const second = clock.now();
    const before = reads.get(second) ?? 0;
    reads.set(second, before + 1);
    if (before >= readsPerSecond)
      throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    return [list];
  };
  const ask = Array.from({ length: backends }, (_, at) =>
    createRequireValid(
      createRevocations(whenUnknown, {
        read,
        now: clock.now,
        log: () => undefined,
        random: () => at / backends,
      }),
    ),
  );
  const everywhere = async (signIn: typeof ada): Promise<Record<string, number>> => {
    const outcomes: Record<string, number> = {};
    await Promise.all(
      ask.map(async (requireValid) => {
        const outcome = await requireValid(signIn).then(
          () => "admitted",
          (error: unknown) => String(Object(error).code),
        );
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }),
    );
    return outcomes;
  };
  return { clock, everywhere, reads };
}

test("1,000 cold backends admit nobody unchecked, and all know the list within a minute", async () => {
  const { clock, everywhere, reads } = coldBackends("refuse");
  expect(await everywhere(mallory)).toEqual({ token_revoked: 40, settings_unavailable: 960 });
  // Those that were refused are left alone for two seconds, those that know the list answer.
  expect(await everywhere(ada)).toEqual({ admitted: 40, settings_unavailable: 960 });
  expect(reads.get(start)).toBe(backends);
  let admitted = 0;
  for (let second = 0; second < 60 && admitted < backends; second += 1) {
    clock.advance(1);
    expect((await everywhere(mallory))["admitted"]).toBe(undefined);
    admitted = (await everywhere(ada))["admitted"] ?? 0;
  }
  expect(admitted).toBe(backends);
});

test("who has just signed in waits for nobody, however many backends are cold", async () => {
  const { everywhere, reads } = coldBackends("refuse");
  expect(await everywhere({ sub: "ada", authTime: start - 1 })).toEqual({ admitted: backends });
  expect(reads.size).toBe(0);
});

test("a stage that says to allow admits the others meanwhile, and refuses where the list is known", async () => {
  const { clock, everywhere } = coldBackends("allow");
  expect(await everywhere(mallory)).toEqual({ token_revoked: 40, admitted: 960 });
  expect(await everywhere(ada)).toEqual({ admitted: backends });
  clock.advance(60);
  expect((await everywhere(mallory))["token_revoked"]).toBeGreaterThanOrEqual(40);
});
