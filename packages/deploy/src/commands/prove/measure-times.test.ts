import { expect, test } from "vitest";

import { CommandError } from "../../command.ts";
import { measureCrowd, measureWarm, type StageToTime } from "./measure-times.ts";
import type { Asked, TimedAnswer } from "./timed-connection.ts";

/** Statuses as the guard and the app behind it give them. */
function statusOf({ method, path, headers }: Asked): number {
  if (method === "OPTIONS") return 204;
  if (!headers["authorization"]?.startsWith("Bearer token-")) return 401;
  return path === "/.auth/me" ? 200 : 404;
}

/** Its answers take 1 ms, 2 ms, 3 ms and so on, by connection. */
function stageOf(
  changes: Partial<StageToTime> = {},
  status: (asked: Asked) => number = statusOf,
): { stage: StageToTime; asked: Asked[]; open: () => number; connections: () => number } {
  const asked: Asked[] = [];
  let tokens = 0;
  let connections = 0;
  let closed = 0;
  const stage: StageToTime = {
    connect() {
      connections += 1;
      let answers = 0;
      return {
        async ask(one): Promise<TimedAnswer> {
          asked.push(one);
          answers += 1;
          const connectMs = answers === 1 ? 7 : undefined;
          return { status: status(one), ms: answers, connectMs, place: "FRA56-P3" };
        },
        close: () => (closed += 1),
      };
    },
    newToken: async () => `token-${(tokens += 1)}`,
    backendPath: "/anything",
    ...changes,
  };
  return { stage, asked, open: () => connections - closed, connections: () => connections };
}

test("times each kind of request over one connection, but for the first round", async () => {
  const { stage, asked, open, connections } = stageOf();
  const { places, connect, warm } = await measureWarm(stage);
  expect([places, connect, connections(), open()]).toEqual([["FRA56-P3"], [7], 1, 0]);
  expect(warm.map(({ what, ms }) => [what, ms.length])).toEqual([
    ["a preflight, answered at once", 20],
    ["refused: no token", 20],
    ["refused: no token, but something as long", 20],
    ["a token, not seen before: /.auth/me", 5],
    ["a token, seen before: /.auth/me", 20],
    ["a token, seen before: a backend's answer", 20],
  ]);
  // Six answers were the first round's.
  expect(warm[0]?.ms.slice(0, 2)).toEqual([7, 13]);
  const sent = asked
    .filter(({ path }) => path === "/.auth/me")
    .map(({ headers }) => headers["authorization"]);
  expect(sent.slice(0, 12)).toEqual(
    [1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 1].map((token) => `Bearer token-${token}`),
  );
});

test("leaves out what a stage cannot be asked: without machines, and without a path that a backend has", async () => {
  const machineless = await measureWarm(stageOf({ newToken: undefined }).stage);
  expect(machineless.warm).toHaveLength(3);
  expect((await measureWarm(stageOf({ backendPath: undefined }).stage)).warm).toHaveLength(5);
});

test("sends a crowd at once, and once more over the same connections", async () => {
  const { stage, asked, open, connections } = stageOf();
  expect(await measureCrowd(stage, "now")).toEqual({
    when: "now",
    first: Array(8).fill(1),
    again: Array(8).fill(2),
  });
  expect([connections(), open(), asked.length]).toEqual([8, 0, 16]);
  const machineless = stageOf({ newToken: undefined });
  await measureCrowd(machineless.stage, "now");
  expect(new Set(machineless.asked.map(statusOf))).toEqual(new Set([401]));
});

test.each<[what: string, status: number]>([
  ["a refusal", 403],
  ["a failure", 503],
])("times no %s, and leaves no connection open", async (_what, status) => {
  const failing = () => stageOf({}, (one) => (one.path === "/.auth/me" ? status : statusOf(one)));
  for (const measure of [measureWarm, (stage: StageToTime) => measureCrowd(stage, "now")]) {
    const { stage, open } = failing();
    await expect(measure(stage)).rejects.toThrow(CommandError);
    await expect(measure(failing().stage)).rejects.toThrow(/^GET \/\.auth\/me .* gets \d+, so/);
    expect(open()).toBe(0);
  }
});
