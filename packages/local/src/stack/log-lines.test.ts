import { expect, test } from "vitest";

import { explainLine } from "./log-lines.ts";

test.each([
  ["hello", []],
  [
    "ERROR Error: Access to this API has been restricted. Use --allow-fs-write to manage permissions.",
    [expect.stringContaining("writes below os.tmpdir(): that is /tmp on Lambda")],
  ],
])("shows %j as it is, and says what Node does not", (line, details) => {
  const shown: unknown[] = [];
  explainLine(line, "api", (...said) => shown.push(said));
  expect(shown).toEqual([["api", line, details]]);
});
