import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { keepSession } from "./keep-session.ts";

const start = 1_800_000_000;
beforeEach(() => {
  vi.useFakeTimers({ now: start * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

interface App {
  readonly fetch: typeof globalThis.fetch;
  /** What was asked, with the seconds that had gone by. */
  readonly asked: readonly string[];
  /** In place of what `/.auth/me` and `/.auth/refresh` say. */
  me: (() => Response) | undefined;
  refresh: () => Response;
  expiresAt: number;
  /** How far the app's clock is ahead. */
  ahead: number;
}

const problem = (code: string, status = 401): Response => Response.json({ code }, { status });

function startApp(): App {
  const asked: string[] = [];
  const seconds = (): number => Math.floor(Date.now() / 1000);
  const app: App = {
    asked,
    me: undefined,
    expiresAt: start + 3600,
    ahead: 0,
    refresh() {
      app.expiresAt = seconds() + app.ahead + 3600;
      return new Response(null, { status: 204 });
    },
    async fetch(input, init) {
      asked.push(
        `${seconds() - start} ${init?.method ?? "GET"} ${JSON.stringify(input)}`.replaceAll(
          '"',
          "",
        ),
      );
      if (input === "/.auth/refresh") return app.refresh();
      const date = new Date((seconds() + app.ahead) * 1000).toUTCString();
      return app.me?.() ?? Response.json({ expiresAt: app.expiresAt }, { headers: { date } });
    },
  };
  return app;
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

test("renews five minutes before the end, again and again", async () => {
  const app = startApp();
  const stop = keepSession({ fetch: app.fetch });
  await pass(6900);
  const end = 3300;
  expect(app.asked).toEqual([
    "0 GET /.auth/me",
    `${end} GET /.auth/me`,
    `${end} POST /.auth/refresh`,
    `${end + 60} GET /.auth/me`,
    `${2 * end} GET /.auth/me`,
    `${2 * end} POST /.auth/refresh`,
    `${2 * end + 60} GET /.auth/me`,
  ]);
  stop();
  await pass(7200);
  expect(app.asked).toHaveLength(7);
});

test("renews nothing that another tab has renewed", async () => {
  const app = startApp();
  keepSession({ fetch: app.fetch });
  await pass(3000);
  app.expiresAt += 3000;
  await pass(3000);
  expect(app.asked).toEqual(["0 GET /.auth/me", "3300 GET /.auth/me"]);
});

test("goes by the app's clock", async () => {
  const app = startApp();
  app.ahead = 3000;
  keepSession({ fetch: app.fetch });
  await pass(300);
  expect(app.asked).toEqual(["0 GET /.auth/me", "300 GET /.auth/me", "300 POST /.auth/refresh"]);
});

test("renews what has expired while the machine slept", async () => {
  const app = startApp();
  app.me = () => problem("token_expired");
  keepSession({ fetch: app.fetch });
  await pass(0);
  expect(app.asked).toEqual(["0 GET /.auth/me", "0 POST /.auth/refresh"]);
});

test.each([
  ["nobody is signed in", (app: App) => (app.me = () => problem("token_missing"))],
  ["the sign-in was ended", (app: App) => (app.me = () => problem("token_revoked"))],
  [
    "the session is over",
    (app: App) => {
      app.me = () => problem("token_expired");
      app.refresh = () => problem("token_expired");
    },
  ],
])("ends where %s", async (_what, change) => {
  const app = startApp();
  change(app);
  keepSession({ fetch: app.fetch });
  await pass(0);
  const { length } = app.asked;
  await pass(90_000);
  expect(app.asked).toHaveLength(length);
});

test.each([
  ["the app cannot be reached", () => Promise.reject(new TypeError("fetch failed"))],
  ["the guard is not ready", () => Promise.resolve(problem("keys_unavailable", 503))],
  ["something else answers", () => Promise.resolve(new Response("<p>", { status: 502 }))],
])("looks again after a minute where %s", async (_what, answer) => {
  const asked: number[] = [];
  const stop = keepSession({
    fetch() {
      asked.push(Date.now() / 1000 - start);
      return answer();
    },
  });
  await pass(130);
  expect(asked).toEqual([0, 60, 120]);
  stop();
});
