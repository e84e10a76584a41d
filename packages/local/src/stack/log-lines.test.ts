import { expect, test } from "vitest";

import { explainLine } from "./log-lines.ts";

test.each([
  ["hello", []],
  [
    "ERROR Error: Access to this API has been restricted. Use --allow-fs-write to manage permissions.",
    [expect.stringContaining("writes below os.tmpdir(): that is /tmp on Lambda")],
  ],
  [
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'sharp' imported from /x/lambda.mjs",
    [expect.stringContaining("what SST installs beside a bundle is not here")],
  ],
])("shows %j as it is, and says what Node does not", (line, details) => {
  const shown: unknown[] = [];
  explainLine(line, "api", (...said) => shown.push(said));
  expect(shown).toEqual([["api", line, details]]);
});
