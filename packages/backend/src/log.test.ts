import { expect, test } from "vitest";

import { thrownAt } from "./log.ts";

test("keeps the name and the place of an error, and no line of its message that looks like a place", () => {
  const thrown = thrownAt(
    new RangeError("bad input\n    at password=hunter2\n    at /etc/secret:1:1"),
  );
  expect(thrown.error).toBe("RangeError");
  expect(thrown.at?.[0]).toContain("log.test.ts");
  expect(JSON.stringify(thrown)).not.toMatch(/hunter2|secret/);
});

test.each([
  ["text", "string"],
  [undefined, "undefined"],
])("%s that was thrown is named by its type only", (thrown, error) => {
  expect(thrownAt(thrown)).toEqual({ error });
});
