import { setImmediate } from "node:timers/promises";

import { revocationPageNames, revocationPageText } from "@sst-gatehouse/blueprint/revocations";
import { playParameterStore } from "@sst-gatehouse/local/test/parameter-store";
import {
  createRequireValid,
  createRevocations,
  type SignIn,
} from "@sst-gatehouse/revocations/revocations";
import { fixedClock } from "@sst-gatehouse/testkit/tokens";
import { expect, test } from "vitest";

const start = 1_800_000_000;
const backends = 1000;
const name = "/gatehouse/app/dev/revoked";
const ada = { sub: "ada", authTime: start - 3600 };
const bob = { sub: "bob", authTime: start - 3600 };
const mallory = { sub: "mallory", authTime: start - 3600 };

type Outcomes = Readonly<Record<string, number>>;

/** Cold backends that all start in the same second, before the stack's Parameter Store: 40 requests a second. */
function coldBackends(whenUnknown: "allow" | "refuse") {
  const clock = fixedClock(start);
  const store = playParameterStore(
    "eu-central-1",
    "123456789012",
    { find: () => undefined },
    { clock: { now: () => clock.now() * 1000 } },
  );
  const end = (...people: readonly string[]): void => {
    const users = new Map(people.map((sub) => [sub, clock.now()]));
    store.put(name, revocationPageText({ everybody: 0, users, pages: 1 }));
  };
  end("mallory");
  let reads = 0;
  const read = async () => {
    reads += 1;
    const { Parameters } = await store.call("GetParameters", { Names: revocationPageNames(name) });
    const found = new Map(
      [Parameters].flat().map((one): [unknown, unknown] => [Object(one).Name, Object(one).Value]),
    );
    return revocationPageNames(name).map((page) => {
      const text = found.get(page);
      return typeof text === "string" ? text : undefined;
    });
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
  /** One request of somebody to each backend. */
  const everywhere = async (signIn: SignIn): Promise<Outcomes> => {
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
    // What begins after an answer.
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    return outcomes;
  };
  /** Lets seconds go by in which everybody is busy, until all know the list. @returns how many. */
  const warmUp = async (): Promise<number> => {
    for (let seconds = 1; seconds <= 60; seconds += 1) {
      clock.advance(1);
      if ((await everywhere(ada))["admitted"] === backends) return seconds;
    }
    throw new Error("not all backends know the list after a minute");
  };
  /** Takes all that the store gives in this second. */
  const keepBusy = (): void => {
    for (let taken = 0; taken < 40; taken += 1)
      void store.call("GetParameters", { Names: [name] }).catch(() => undefined);
  };
  return { clock, end, everywhere, warmUp, keepBusy, reads: () => reads };
}

test("1,000 cold backends admit nobody unchecked, and all know the list within a minute", async () => {
  const { clock, everywhere, reads } = coldBackends("refuse");
  expect(await everywhere(mallory)).toEqual({ token_revoked: 40, settings_unavailable: 960 });
  // Those that were refused are left alone for two seconds, those that know the list answer.
  expect(await everywhere(ada)).toEqual({ admitted: 40, settings_unavailable: 960 });
  expect(reads()).toBe(backends);
  let admitted = 0;
  for (let second = 0; second < 60 && admitted < backends; second += 1) {
    clock.advance(1);
    expect((await everywhere(mallory))["admitted"]).toBe(undefined);
    admitted = (await everywhere(ada))["admitted"] ?? 0;
  }
  expect(admitted).toBe(backends);
});

test("a sign-in that is ended is over everywhere within a minute, and nobody else is turned away", async () => {
  const { clock, end, everywhere, warmUp } = coldBackends("refuse");
  await warmUp();
  end("mallory", "bob");
  const admitted: number[] = [];
  for (let second = 1; second <= 120; second += 1) {
    clock.advance(1);
    admitted.push((await everywhere(bob))["admitted"] ?? 0);
    expect(await everywhere(ada)).toEqual({ admitted: backends });
  }
  expect([admitted[0], admitted[59]]).toEqual([backends, 0]);
  expect(admitted).toEqual(admitted.toSorted((one, other) => other - one));
});

test("where others keep the store busy, nobody is admitted by a list that is older than a minute", async () => {
  const { clock, end, everywhere, warmUp, keepBusy } = coldBackends("refuse");
  await warmUp();
  end("mallory", "bob");
  const answers: Outcomes[] = [];
  for (let second = 1; second <= 90; second += 1) {
    clock.advance(1);
    keepBusy();
    answers.push(await everywhere(bob));
  }
  expect(answers[0]).toEqual({ admitted: backends });
  const late = answers.slice(59);
  expect(late).toEqual(late.map(() => ({ settings_unavailable: backends })));
});

test("who has just signed in waits for nobody, however many backends are cold", async () => {
  const { everywhere, reads } = coldBackends("refuse");
  expect(await everywhere({ sub: "ada", authTime: start - 1 })).toEqual({ admitted: backends });
  // All of them after the answer.
  expect(reads()).toBe(backends);
});

test("a stage that says to allow admits the others meanwhile, and refuses where the list is known", async () => {
  const { clock, everywhere } = coldBackends("allow");
  expect(await everywhere(mallory)).toEqual({ token_revoked: 40, admitted: 960 });
  expect(await everywhere(ada)).toEqual({ admitted: backends });
  clock.advance(60);
  expect((await everywhere(mallory))["token_revoked"]).toBeGreaterThanOrEqual(40);
});
