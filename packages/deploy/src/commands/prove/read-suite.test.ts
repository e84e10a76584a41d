import { expect, test } from "vitest";

import { readSuite } from "./read-suite.ts";

const printed = `
 ✓ \u001b[30m acceptance \u001b[39m acceptance/access.test.ts (12 tests | 3 skipped) 412ms
 ❯ acceptance acceptance/sessions.test.ts (40 tests | 1 failed) 9000ms
   × a session > is renewed 30ms
 ↓ acceptance acceptance/terminal.test.ts (10 tests | 10 skipped)
 FAIL  acceptance acceptance/sessions.test.ts > a session > is renewed
 FAIL  acceptance acceptance/sessions.test.ts > a session > is renewed

51 passed, 1 failed, 13 skipped
`;

test("reads counts, files and failed tests from what the suite prints", () => {
  expect(readSuite(1, printed)).toEqual({
    code: 1,
    counts: "51 passed, 1 failed, 13 skipped",
    files: new Map([
      ["access", true],
      ["sessions", false],
    ]),
    failed: ["acceptance/sessions.test.ts > a session > is renewed"],
  });
});

test("reads what an app of somebody else's gets in the suite's place", () => {
  const rows = `  ok     lock-token
  WRONG  me-nobody
         GET /.auth/me (me-nobody) gets 200 text/html

1 of 2 checks are not well.
`;
  expect(readSuite(1, rows)).toEqual({
    code: 1,
    counts: "1 of 2 checks are not well.",
    files: new Map(),
    failed: ["me-nobody"],
  });
});

test("knows nothing of a suite that did not come to its end", () => {
  expect(readSuite(1, "The users could not be created")).toEqual({
    code: 1,
    counts: "",
    files: new Map(),
    failed: [],
  });
});
