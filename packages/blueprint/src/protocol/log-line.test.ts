import { expect, test } from "vitest";

import { readLogLine } from "./log-line.ts";

const guard = { v: 1, by: "guard", requestId: "r", method: "GET", ms: { total: 1 } };

test.each([
  [{ outcome: "forwarded", rule: "/*", caller: "user" }, "forwarded GET rule /* as user"],
  [
    { outcome: "refused", status: 403, code: "access_denied", rule: "/a/*", detail: "No." },
    "403 access_denied GET rule /a/*: No.",
  ],
  [
    { outcome: "refused", status: 400, code: "path_ambiguous", rule: "/*", otherRule: "/a/*" },
    "400 path_ambiguous GET rule /* or /a/*",
  ],
  [{ outcome: "refused", status: 500, code: "x", cause: "A < B" }, "500 x GET (A < B)"],
  [{ outcome: "session", status: 302, path: "/a" }, "302 GET /a"],
  [{ outcome: "preflight", status: 204 }, "preflight GET"],
  [{ notice: "keys_refresh_failed", cause: "A" }, "keys refresh failed: A"],
])("the guard's %j is told in words", (members, words) => {
  const read = readLogLine(JSON.stringify({ ...guard, ...members }));
  expect(read).toMatchObject({ by: "guard", requestId: "r", words, at: [] });
});

const backend = { v: 1, by: "backend", requestId: "r", lambdaRequestId: "l", method: "GET" };

test.each([
  [{ level: "info", status: 200, ms: 3.1 }, "200 GET in 3.1 ms", []],
  [
    { level: "error", status: 500, code: "internal_error", error: "RangeError", at: ["at x"] },
    "500 internal_error GET RangeError",
    ["at x"],
  ],
  [
    { level: "warn", status: 403, code: "access_denied", detail: "No." },
    "403 access_denied GET: No.",
    [],
  ],
  [{ notice: "revocations_refreshed" }, "revocations refreshed", []],
])("the backend's %j is told in words", (members, words, at) => {
  const read = readLogLine(JSON.stringify({ ...backend, ...members }));
  expect(read).toMatchObject({ by: "backend", lambdaRequestId: "l", words, at });
});

test.each(["listening", "{}", '{"level":"info","message":"x"}', "[1]", "1", '{"by":"backend"', ""])(
  "what an app prints is no line of ours: %s",
  (line) => expect(readLogLine(line)).toBe(undefined),
);
